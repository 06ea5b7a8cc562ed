/** A command as the server describes it. */
export interface CommandForm {
  readonly name: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly doc: string;
  readonly permission: "read" | "change";
  readonly args: readonly CommandArgument[];
  readonly result: CommandResult;
}

export interface CommandArgument {
  readonly name: string;
  /** "string", "integer", "[string]" */
  readonly kind: string;
  readonly doc: string;
  readonly example?: string;
  readonly secret: boolean;
  readonly content: boolean;
  readonly confirm: boolean;
  readonly choices?: readonly string[];
}

export type CommandResult =
  | { readonly kind: "code" }
  | { readonly kind: "text" | "integer"; readonly doc: string }
  | { readonly kind: "list"; readonly element: string }
  | { readonly kind: "row" | "rows"; readonly columns: Readonly<Record<string, string>> };

/** Those whose names, tags or summaries have every word of the search. */
export function search(commands: readonly CommandForm[], text: string): readonly CommandForm[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ name, tags, summary }) => {
    const all = `${name} ${name.replaceAll("_", " ")} ${tags.join(" ")} ${summary}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** By tag; a command stands under its first one. */
export function byTag(
  commands: readonly CommandForm[],
): readonly (readonly [string, readonly CommandForm[]])[] {
  const groups = new Map<string, CommandForm[]>();
  for (const one of commands) {
    const tag = one.tags[0] ?? "";
    groups.set(tag, [...(groups.get(tag) ?? []), one]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}
