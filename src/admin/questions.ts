import type { CommandRegistry } from "../kernel/commands.ts";
import type { ControlRequest, Question } from "../kernel/control-protocol.ts";

/** What has to be asked before the call can run: a password that is "-", or the last argument left out at a terminal. */
export function questionFor(registry: CommandRegistry, request: ControlRequest): Question | undefined {
  const { terminal, asked, version } = request;
  const { words, filled } = withHost(registry, request);
  const command = registry.get(words[0] ?? "", version);
  if (command === undefined || asked) return undefined;
  const declared = Object.entries(command.args);
  const given = words.length - 1;
  for (const [index, [, { secret, confirm }]] of declared.entries()) {
    const word = index + 1;
    if (!secret) continue;
    // The caller counts its own words.
    const place = filled !== undefined && filled < word ? word - 1 : word;
    const prompt = `Password for ${words.slice(1, 3).join("@")}: `;
    if (given === declared.length && words[word] === "-")
      return { word: place, from: "input", prompt, confirm: false };
    const left = index === declared.length - 1 && given === index;
    if (left && terminal) return { word: place, from: "terminal", prompt, confirm };
  }
  return undefined;
}

/** The words of a call with the host of `--host` in its place, and that place; undefined where there is none for it. */
export function withHost(
  registry: CommandRegistry,
  { words, host, version }: Pick<ControlRequest, "words" | "host" | "version">,
): { readonly words: readonly string[]; readonly filled: number | undefined } {
  const command = registry.get(words[0] ?? "", version);
  if (host === undefined || command === undefined) return { words, filled: undefined };
  const place = Object.keys(command.args).indexOf("host") + 1;
  return place === 0 || words.length < place
    ? { words, filled: undefined }
    : { words: words.toSpliced(place, 0, host), filled: place };
}
