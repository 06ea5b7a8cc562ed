import { call, type Output, type Reply } from "../../src/cli/control-client.ts";
import type { ControlRequest } from "../../src/kernel/control-protocol.ts";

export interface Called {
  readonly reply: Reply;
  readonly out: string;
  readonly err: string;
}

/** Calls a command over the control socket in this directory as `tercetctl` does; changes the working directory as that does. */
export async function callControl(
  directory: string,
  words: readonly string[],
  settings: Partial<ControlRequest> = {},
  onOutput: (text: string) => void = () => {},
): Promise<Called> {
  const text = { out: "", err: "" };
  const output: Output = {
    out(more) {
      text.out += more;
      onOutput(more);
    },
    err(more) {
      text.err += more;
    },
  };
  const request = { words, json: false, terminal: false, asked: false, ...settings };
  return { reply: await call(directory, request, output), ...text };
}
