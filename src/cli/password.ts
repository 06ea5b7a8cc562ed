import type { Question } from "../kernel/control-protocol.ts";

/** Gets the password that is asked for; undefined when there is none or the person gave up. */
export async function getPassword({ from, prompt, confirm }: Question): Promise<string | undefined> {
  if (from === "input") return readLine();
  // Before the prompt, and until the end: whoever types ahead is not shown either.
  process.stdin.setRawMode(true);
  try {
    const password = await ask(prompt);
    if (password === undefined || !confirm) return password;
    if ((await ask("Once more: ")) === password) return password;
    process.stderr.write("The two are not the same.\n");
    return undefined;
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

/** A line from the terminal that is not shown. */
function ask(prompt: string): Promise<string | undefined> {
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
    for (const character of chunk) {
      const end = character === "\r" || character === "\n";
      // Ctrl-C and Ctrl-D give up.
      if (end || character === "\u0003" || character === "\u0004") {
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
  return promise;
}
