import { suggest } from "../base/suggest.ts";
import type { Effect, Option, Options } from "../kernel/options.ts";
import type { Configuration, Origin } from "./configuration.ts";

/**
 * What the option at a dotted path ("limits.client.bytes") does, which values it takes, which one it has and where that comes
 * from; undefined with the nearest name where there is no such option.
 */
export function explainOption(
  configuration: Configuration,
  dotted: string,
): { readonly text: string } | { readonly unknown: string } {
  const { origin } = configuration;
  const path = dotted.split(".");
  let members: Options = origin.options;
  let values: unknown = origin.values;
  let option: Option<unknown> | undefined;
  for (const [depth, name] of path.entries()) {
    option = Object.hasOwn(members, name) ? members[name] : undefined;
    if (option === undefined) return { unknown: unknownOption(path, depth, members) };
    values = (values as Record<string, unknown>)[name];
    members = option.section ?? {};
  }
  return { text: describe(dotted, path, option!, values, origin) };
}

function unknownOption(path: readonly string[], depth: number, members: Options): string {
  const parents = path.slice(0, depth);
  const near = suggest(path[depth]!, Object.keys(members));
  const hint = near === undefined ? "" : ` Did you mean \`${[...parents, near].join(".")}\`?`;
  return `There is no option \`${path.join(".")}\`.${hint}`;
}

function describe(
  dotted: string,
  path: readonly string[],
  option: Option<unknown>,
  value: unknown,
  origin: Origin,
): string {
  const set = origin.setAt(path);
  const lines = [dotted, `  ${option.doc}`];
  if (option.section !== undefined) {
    lines.push(`  Options inside: ${Object.keys(option.section).join(", ")}`);
    lines.push(set === undefined ? "  Not set: each has its default" : `  Set in ${set}`);
    return lines.join("\n");
  }
  lines.push(`  Value    ${plain(option, value)}`);
  lines.push(set === undefined ? "  From     the default" : `  From     ${set}`);
  if (set !== undefined) lines.push(`  Default  ${plain(option, option.default)}`);
  lines.push(
    `  Must be  ${option.type.says}`,
    `  Changes  take effect ${EFFECTS[option.effect ?? "restart"]}`,
  );
  return lines.join("\n");
}

/** In words, behind "take effect". */
export const EFFECTS: Readonly<Record<Effect, string>> = {
  now: "at once",
  "new-sessions": "for new sessions",
  restart: "at a restart",
};

function plain(option: Option<unknown>, value: unknown): string {
  if (value === undefined) return "none";
  const written = option.type.write(value as never);
  if (Array.isArray(written)) return `[${written.map(String).join(", ")}]`;
  return typeof written === "object" ? JSON.stringify(written) : String(written);
}
