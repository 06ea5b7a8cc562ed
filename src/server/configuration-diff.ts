import type { OptionChange } from "../kernel/configuration-control.ts";
import type { Options } from "../kernel/options.ts";
import type { Configuration } from "./configuration.ts";

/** The options that two configurations set differently, in the order of their declaration. */
export function changesBetween(before: Configuration, after: Configuration): readonly OptionChange[] {
  const changes = changesIn(after.origin.options, before.origin.values, after.origin.values, "");
  // What is given on the command line stands above the file, and a path in it means another directory in another folder.
  const rest = changes.filter(({ option }) => option !== "data");
  if (before.data === after.data) return rest;
  return [...rest, { option: "data", from: before.data, to: after.data, effect: "restart" }];
}

function changesIn(
  members: Options,
  before: unknown,
  after: unknown,
  above: string,
): readonly OptionChange[] {
  const old = before as Readonly<Record<string, unknown>>;
  const now = after as Readonly<Record<string, unknown>>;
  return Object.entries(members).flatMap(([name, member]) => {
    const option = `${above}${name}`;
    if (member.section !== undefined) return changesIn(member.section, old[name], now[name], `${option}.`);
    const write = (value: unknown): unknown =>
      value === undefined ? undefined : member.type.write(value as never);
    const [from, to] = [write(old[name]), write(now[name])];
    if (JSON.stringify(from) === JSON.stringify(to)) return [];
    return [{ option, from, to, effect: member.effect ?? "restart" }];
  });
}
