import { suggest } from "../base/suggest.ts";
import { PREDEFINED, type Reference, type ReferenceKind, type Written } from "../kernel/access.ts";
import type { Path, Report } from "../kernel/option-types.ts";
import type { Options } from "../kernel/options.ts";
import type { AllValues } from "./configuration-values.ts";

/** A command, as far as permissions name it. */
export interface NamedCommand {
  readonly name: string;
  readonly tags: readonly string[];
}

const WORDS: Readonly<Record<ReferenceKind, readonly [what: string, where: string]>> = {
  acl: ["acl", " Define it under `acl`."],
  access_rule: ["access rule", " Define it under `access_rules`."],
  shaper: ["shaper", " Define it under `shaper`."],
  shaper_rule: ["shaper rule", " Define it under `shaper_rules`."],
  command: ["command", " `tercetctl help` lists them."],
  tag: ["tag of commands", ""],
};

/** Commands of the launcher, which no server runs: taking them out of a group is no mistake. */
const LAUNCHER = ["start"];

/** Every name in the configuration that stands for something must be defined there, or be a command of ours. */
export function checkNames(
  values: AllValues,
  members: Options,
  commands: readonly NamedCommand[],
  report: Report,
): void {
  const defined: Readonly<Record<ReferenceKind, readonly string[]>> = {
    acl: [...values.acl.keys()],
    access_rule: [...values.access_rules.keys()],
    shaper: [...values.shaper.keys()],
    shaper_rule: [...values.shaper_rules.keys()],
    command: [...commands.map(({ name }) => name), ...LAUNCHER],
    tag: commands.flatMap(({ tags }) => tags),
  };
  for (const { to, name, path, on } of referencesIn(values, members)) {
    const known = [...PREDEFINED[to], ...defined[to]];
    if (known.includes(name)) continue;
    const [what, where] = WORDS[to];
    const near = suggest(name, known);
    const hint = near === undefined ? where : ` Did you mean \`${near}\`?`;
    report({ path, on, message: `There is no ${what} \`${name}\`.${hint}` });
  }
}

function referencesIn(values: AllValues, members: Options): readonly Reference[] {
  const maps: readonly ReadonlyMap<string, Written>[] = [
    values.acl,
    values.access_rules,
    values.shaper_rules,
    values.api_permissions,
  ];
  const inside = maps.flatMap((map) => [...map.values()].flatMap(({ references }) => references));
  return [
    ...inside,
    ...referringOptions(members, values as unknown as Readonly<Record<string, unknown>>, []),
  ];
}

/** Options whose value is a name, wherever they are. */
function referringOptions(
  members: Options,
  values: Readonly<Record<string, unknown>>,
  at: Path,
): readonly Reference[] {
  return Object.entries(members).flatMap(([name, option]): readonly Reference[] => {
    const value = values[name];
    const path = [...at, name];
    if (option.section !== undefined) {
      return referringOptions(option.section, value as Readonly<Record<string, unknown>>, path);
    }
    if (option.each !== undefined) {
      const sections = [...(value as ReadonlyMap<string, Readonly<Record<string, unknown>>>)];
      return sections.flatMap(([key, one]) => referringOptions(option.each!, one, [...path, key]));
    }
    if (option.refersTo === undefined || typeof value !== "string") return [];
    return [{ to: option.refersTo, name: value, path, on: "value" }];
  });
}
