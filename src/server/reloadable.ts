import type { ApiTokens } from "../admin/api-tokens.ts";
import type { ConfiguredRights } from "../auth/rights.ts";
import type { StoredAdministrators } from "../auth/stored-administrators.ts";
import type { LogThreshold } from "../base/log.ts";
import type { Options, OptionValues } from "../kernel/options.ts";
import type { Admission } from "../net/admission.ts";
import type { TlsContexts } from "../net/tls-contexts.ts";
import type { ClientStreams } from "../streams/client/client-streams.ts";
import type { Configuration } from "./configuration.ts";
import { connectionLimits, streamLimits } from "./connection-limits.ts";
import type { Core } from "./core.ts";
import type { CurrentConfiguration } from "./current-configuration.ts";
import type { HostOptions } from "./extension-loader.ts";
import type { Listeners } from "./listeners.ts";
import type { Reloadable } from "./reload.ts";

export interface ServerParts {
  readonly current: CurrentConfiguration;
  readonly admission: Admission;
  readonly administrators: StoredAdministrators;
  readonly contexts: TlsContexts;
  readonly core: Core;
  readonly listeners: Listeners;
  readonly rights: ConfiguredRights;
  readonly streams: ClientStreams;
  readonly tokens: ApiTokens;
  readonly logThreshold: LogThreshold;
}

/** How the parts of a server follow its configuration. */
export function reloadable(parts: ServerParts): Reloadable {
  const { administrators, contexts, core, listeners, tokens } = parts;
  return {
    ports: {
      plan: (next) => listeners.plan(next.listeners),
      prepare: (next) => listeners.prepare(next.listeners, next.limits.before_login.tls_timeout),
    },
    prepareCertificates: ({ certificates: files, hosts }) => contexts.prepare({ files, hosts }),
    async prepareHosts(hosts) {
      await Promise.all([administrators.load(hosts), tokens.load(hosts)]);
      await core.prepare(hosts);
    },
    use(next, certificates) {
      contexts.adopt(certificates);
      useValues(next, parts);
      endRemoved(parts);
    },
    sessionsAt: (domain) => sessionsAt(parts, domain),
    get sessions() {
      return core.sessions.size;
    },
  };
}

function useValues(next: Configuration, parts: ServerParts): void {
  const { admission, core, current, logThreshold, rights, streams } = parts;
  // A level that a command has set stays while the file says what it has said.
  if (next.log.level !== current.value.log.level) logThreshold.level = next.log.level;
  current.use(next);
  rights.use(next.access);
  admission.use(connectionLimits(next.limits));
  core.loader.use(next.extensions, hostOptions(next));
  streams.use({ limits: streamLimits(next.limits), insecureLoopback: next.allowUnencryptedLoopback });
}

/** What single hosts have for themselves, without what they leave as it is for all. */
export function hostOptions({ hostConfig }: Configuration): HostOptions {
  return new Map(
    Array.from(hostConfig, ([host, { extensions }]) => {
      const own = Object.entries(extensions).map(([name, values]) => {
        const set = Object.entries(values).filter(([, value]) => value !== undefined);
        return [name, Object.fromEntries(set) as OptionValues<Options>] as const;
      });
      return [host, new Map(own)];
    }),
  );
}

/** Whoever is at a host that is no longer served hears of it (RFC 6120 §4.9.3.5). */
function endRemoved({ core, current, streams }: ServerParts): void {
  const leaving = Array.from(core.sessions.connected()).filter(({ jid }) => !current.hosts.has(jid.domain));
  for (const session of leaving) session.end("host-gone");
  streams.endOfHosts();
}

function sessionsAt({ core }: ServerParts, domain: string): number {
  let count = 0;
  for (const { jid } of core.sessions.connected()) if (jid.domain === domain) count++;
  return count;
}
