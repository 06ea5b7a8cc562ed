import type { CommandRegistry } from "../kernel/commands.ts";
import type { ControlRequest, Question } from "../kernel/control-protocol.ts";

/** What has to be asked before the call can run: a password that is "-", or the last argument left out at a terminal. */
export function questionFor(registry: CommandRegistry, request: ControlRequest): Question | undefined {
  const { words, terminal, asked } = request;
  const command = registry.get(words[0] ?? "");
  if (command === undefined || asked) return undefined;
  const declared = Object.entries(command.args);
  const given = words.length - 1;
  for (const [index, [, { secret, confirm }]] of declared.entries()) {
    const word = index + 1;
    if (!secret) continue;
    const prompt = `Password for ${words.slice(1, 3).join("@")}: `;
    if (given === declared.length && words[word] === "-")
      return { word, from: "input", prompt, confirm: false };
    const left = index === declared.length - 1 && given === index;
    if (left && terminal) return { word, from: "terminal", prompt, confirm };
  }
  return undefined;
}
