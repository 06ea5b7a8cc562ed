import type { Question } from "../kernel/control-protocol.ts";

/**
 * Gets the password that is asked for; undefined when there is none or the person gave up.
 * @throws Error with a sentence when it was not the same twice
 */
export async function getPassword({ from, prompt, confirm }: Question): Promise<string | undefined> {
  if (from === "input") return readLine();
  // Before the prompt, and until the end: whoever types ahead is not shown either.
  process.stdin.setRawMode(true);
  try {
    const typed = { ahead: "" };
    const password = await ask(prompt, typed);
    if (password === undefined || !confirm) return password;
    const again = await ask("Once more: ", typed);
    if (again === undefined || again === password) return again;
    throw new Error("the two passwords are not the same; nothing has been done.");
  } finally {
    process.stdin.setRawMode(false);
  }
}

/** The first line of standard input, without its end. */
async function readLine(): Promise<string | undefined> {
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    text += chunk;
    if (text.includes("\n") || text.length > 65_536) break;
  }
  process.stdin.destroy();
  return text === "" ? undefined : text.split(/\r?\n/, 1)[0];
}

/** A line from the terminal that is not shown. What was typed beyond its end is for the next one. */
function ask(prompt: string, typed: { ahead: string }): Promise<string | undefined> {
  const { stdin, stderr } = process;
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let line = "";
  const finish = (answer: string | undefined): void => {
    stdin.off("data", read);
    stdin.pause();
    stderr.write("\n");
    resolve(answer);
  };
  const read = (chunk: string): void => {
    let at = 0;
    for (const character of chunk) {
      at += character.length;
      const end = character === "\r" || character === "\n";
      // Ctrl-C and Ctrl-D give up.
      if (end || character === "\u0003" || character === "\u0004") {
        typed.ahead = chunk.slice(character === "\r" && chunk[at] === "\n" ? at + 1 : at);
        finish(end ? line : undefined);
        return;
      }
      if (character === "\u007f" || character === "\b") line = Array.from(line).slice(0, -1).join("");
      else if (character === "\u0015") line = "";
      else if (character >= " ") line += character;
    }
  };
  stderr.write(prompt);
  stdin.setEncoding("utf8");
  stdin.on("data", read);
  stdin.resume();
  read(typed.ahead);
  return promise;
}
