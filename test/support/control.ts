import { connect } from "node:net";
import { relative, resolve } from "node:path";
import {
  CONTROL_SOCKET,
  type ControlAnswer,
  type ControlRequest,
} from "../../src/kernel/control-protocol.ts";

/** One call over the control socket of the server that runs on this directory. */
export function callControl(
  directory: string,
  words: readonly string[],
): Promise<{ readonly out: string; readonly exit: number }> {
  const path = relative(process.cwd(), resolve(directory, CONTROL_SOCKET));
  const { promise, resolve: done, reject } = Promise.withResolvers<{ out: string; exit: number }>();
  const socket = connect(path);
  let received = "";
  socket.setEncoding("utf8");
  socket.on("error", reject);
  socket.on("data", (text: string) => {
    received += text;
  });
  socket.on("close", () => {
    const answers = received
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ControlAnswer);
    const end = answers.find((answer) => "exit" in answer);
    if (end === undefined) reject(new Error(`the command ${words[0]} had no end: ${received}`));
    else done({ out: end.out, exit: end.exit });
  });
  const request: ControlRequest = { words, json: false, terminal: false, asked: true };
  socket.write(`${JSON.stringify(request)}\n`);
  return promise;
}
