import type { Command } from "../../kernel/commands.ts";

/** What a page needs to make a form of each command. */
export function describeCommands(commands: readonly Command[]): readonly object[] {
  return commands.map(({ name, tags, summary, doc, permission, args, result }) => ({
    name,
    tags,
    summary,
    doc,
    permission,
    args: Object.entries(args).map(
      ([argument, { kind, doc: says, example, secret, content, confirm, schema }]) => ({
        name: argument,
        kind,
        doc: says,
        example,
        secret,
        content,
        confirm,
        choices: schema["enum"],
      }),
    ),
    result,
  }));
}
