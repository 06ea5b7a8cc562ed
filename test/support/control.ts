import { connect } from "node:net";
import { relative, resolve } from "node:path";
import {
  CONTROL_SOCKET,
  type ControlAnswer,
  type ControlRequest,
} from "../../src/kernel/control-protocol.ts";

/** What `tercetctl` would print and exit with. */
export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly exit: number;
}

/** One call over the control socket of the server that runs on this directory; `onProgress` gets what comes before the result as it comes. */
export function callControl(
  directory: string,
  words: readonly string[],
  onProgress: (text: string) => void = () => {},
): Promise<Printed> {
  const path = relative(process.cwd(), resolve(directory, CONTROL_SOCKET));
  const { promise, resolve: done, reject } = Promise.withResolvers<Printed>();
  const socket = connect(path);
  let rest = "";
  let out = "";
  let err = "";
  let exit: number | undefined;
  socket.setEncoding("utf8");
  socket.on("error", reject);
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const answer of lines.map((line) => JSON.parse(line) as ControlAnswer)) {
      if ("note" in answer) err += `${answer.note}\n`;
      if ("out" in answer) ({ exit } = answer);
      if ("out" in answer) out += answer.out;
      if ("line" in answer) {
        out += answer.goesOn ? answer.line : `${answer.line}\n`;
        onProgress(out);
      }
    }
  });
  socket.on("close", () => {
    if (exit === undefined) reject(new Error(`the command ${words[0]} had no end: ${out}`));
    else done({ out, err, exit });
  });
  const request: ControlRequest = { words, json: false, terminal: false, asked: true };
  socket.write(`${JSON.stringify(request)}\n`);
  return promise;
}
