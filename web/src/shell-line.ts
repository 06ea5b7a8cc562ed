import type { CommandArgument, CommandForm } from "./command-form.ts";

/** A word as a POSIX shell takes it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function wordOf(argument: CommandArgument, value: string): string {
  // tercetctl asks for it, or reads it from its standard input.
  return argument.secret ? "-" : shellWord(value);
}

/** What to type for the same call; a secret is not in it. */
export function tercetctlLine({ name, args }: CommandForm, values: Readonly<Record<string, string>>): string {
  return ["tercetctl", name, ...args.map((one) => wordOf(one, values[one.name] ?? ""))].join(" ");
}

/** The same with the HTTP API. */
export function apiLine(
  { name, args }: CommandForm,
  values: Readonly<Record<string, string>>,
  origin: string,
  account: string,
): string {
  const given = Object.fromEntries(
    args.map((one) => [one.name, one.secret ? "…" : jsonValue(one, values[one.name] ?? "")]),
  );
  const words = ["curl", "--user", account, "--json", JSON.stringify(given), `${origin}/api/${name}`];
  return words.map(shellWord).join(" ");
}

/** As the API takes it. */
export function jsonValue({ kind }: CommandArgument, text: string): string | number | readonly string[] {
  if (kind === "integer" && /^-?\d+$/.test(text)) return Number(text);
  if (kind === "[string]") {
    return text
      .split(/[,\n]/)
      .map((one) => one.trim())
      .filter((one) => one !== "");
  }
  return text;
}
