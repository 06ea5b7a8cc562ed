import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../src/kernel/commands.ts";

/** The commands that ejabberd documents, and a sentence for each that is not here. */
export interface EjabberdCommands {
  /** Tag → names; a name may have several tags. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  /** Tag → a sentence for all of its names that are not here. */
  readonly absentTags: Readonly<Record<string, string>>;
  /** Name → a sentence. */
  readonly absent: Readonly<Record<string, string>>;
}

/** ejabberd 26.07. */
export function ejabberdCommands(): EjabberdCommands {
  return JSON.parse(
    readFileSync(join(import.meta.dirname, "ejabberd-commands.json"), "utf8"),
  ) as EjabberdCommands;
}

/** Of each name: "" when it is a command here, else why it is none. @throws Error with all names that have neither or both */
export function explained(
  { tags, absentTags, absent }: EjabberdCommands,
  here: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const faults: string[] = [];
  for (const [tag, names] of Object.entries(tags)) {
    for (const name of names) {
      if (found.get(name) !== undefined) continue;
      const why = absent[name] ?? absentTags[tag];
      if (here.has(name)) {
        if (absent[name] !== undefined) faults.push(`${name} is a command and explained as missing`);
        found.set(name, "");
      } else if (why !== undefined) found.set(name, why);
    }
  }
  for (const name of new Set(Object.values(tags).flat())) {
    if (!found.has(name)) faults.push(`${name} is neither a command nor explained`);
  }
  for (const name of Object.keys(absent))
    if (!found.has(name)) faults.push(`${name} is no command of ejabberd`);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return found;
}

/** docs/reference/ejabberd-commands.md */
export function ejabberdPage(
  commands: readonly Command[],
  known: EjabberdCommands = ejabberdCommands(),
): string {
  const here = new Set(commands.map(({ name }) => name));
  const all = explained(known, here);
  const present = [...all.values()].filter((why) => why === "").length;
  const theirs = new Set(Object.values(known.tags).flat());
  const ours = commands.filter(({ name }) => !theirs.has(name));
  const sections = Object.entries(known.tags).map(([tag, names]) => {
    const rows = names.map((name) => {
      const why = all.get(name)!;
      const shown = why === "" ? `[here](commands.md#${name})` : why.replaceAll("|", "\\|");
      return `| \`${name}\` | ${shown} |\n`;
    });
    return `\n## ${tag}\n\n| command | |\n|---|---|\n${rows.join("")}`;
  });
  return `<!-- Made by tools/make-reference.ts from the declarations in the code and tools/ejabberd-commands.json. -->

# ejabberd's commands

What became of each of the ${all.size} commands that ejabberd 26.07 documents, by its tags. ${present} of them are here, under the same names.
Beside them there are ${ours.map(({ name }) => `\`${name}\``).join(", ")}.
${sections.join("")}`;
}
