import { suggest } from "../base/suggest.ts";
import type { AnyExtension } from "../kernel/extension.ts";
import { type Report, recordType, type Type } from "../kernel/option-types.ts";
import {
  effective,
  type Option,
  type Options,
  type OptionValues,
  option,
  reference,
  section,
  sectionType,
} from "../kernel/options.ts";
import { Jid } from "../xmpp/jid.ts";

/** What `host_config` says about one host; undefined where it says nothing. */
export interface HostValues {
  readonly access: string | undefined;
  readonly shaper: string | undefined;
  readonly extensions: { readonly [name: string]: OptionValues<Options> };
}

/** An option that a host may have for itself is absent unless it is set. */
function unset(member: Option<unknown>): Option<unknown> {
  return { ...member, default: undefined };
}

function extensionMembers(extensions: readonly AnyExtension[]): Options {
  const members: Record<string, Option<unknown>> = {};
  for (const { name, doc, config } of extensions) {
    const own = Object.entries((config ?? {}) as Options).filter(([, member]) => member.perHost);
    if (own.length === 0) continue;
    members[name] = section(Object.fromEntries(own.map(([key, member]) => [key, unset(member)])), { doc });
  }
  return members;
}

function hostMembers(extensions: readonly AnyExtension[]): Options {
  return {
    ...effective("new-sessions", {
      access: reference("access_rule", {
        default: undefined,
        doc: "The access rule that says who may bind a resource on this host, beside that of the listener.",
      }),
      shaper: reference("shaper_rule", {
        default: undefined,
        doc: "The shaper rule for those on this host, in place of that of the listener.",
      }),
    }),
    extensions: section(extensionMembers(extensions), {
      doc: "Options of extensions for this host, in place of those for all.",
    }),
  };
}

/** The option `host_config`: names of hosts with what holds for them alone. */
export function hostConfigOption(
  extensions: readonly AnyExtension[],
): Option<ReadonlyMap<string, HostValues>> {
  const members = hostMembers(extensions);
  const type = recordType(sectionType(members)) as unknown as Type<ReadonlyMap<string, HostValues>>;
  const prepared: typeof type = {
    ...type,
    read(value, at, report) {
      const read = type.read(value ?? {}, at, report);
      return (
        read && new Map(Array.from(read, ([name, values]) => [Jid.parse(name)?.toString() ?? name, values]))
      );
    },
  };
  const made = option(prepared, {
    default: new Map() as ReadonlyMap<string, HostValues>,
    effect: "now",
    doc: "Options for single hosts, by the name of the host; they stand above those for all.",
  });
  return { ...made, each: members };
}

/** Every name in `host_config` is one of the hosts. */
export function checkHostNames(
  {
    hosts,
    host_config,
  }: { readonly hosts: readonly string[]; readonly host_config: ReadonlyMap<string, unknown> },
  report: Report,
): void {
  for (const name of host_config.keys()) {
    if (hosts.includes(name)) continue;
    const near = suggest(name, hosts);
    const hint = near === undefined ? " List it in `hosts`." : ` Did you mean \`${near}\`?`;
    const message = `\`${name}\` is not a host of this server.${hint}`;
    report({ path: ["host_config", name], on: "name", message });
  }
}
