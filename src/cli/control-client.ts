import { connect } from "node:net";
import {
  CONTROL_SOCKET,
  type ControlAnswer,
  type ControlRequest,
  type Question,
} from "../kernel/control-protocol.ts";

export interface Output {
  out(text: string): void;
  err(text: string): void;
}

export type Reply =
  | { readonly kind: "done"; readonly exit: number }
  | { readonly kind: "ask"; readonly ask: Question }
  /** Nobody listens on the socket; `code` is that of the system. */
  | { readonly kind: "unreachable"; readonly code: string }
  /** The connection ended without an answer. */
  | { readonly kind: "cut" };

/**
 * Sends one request to the server whose data directory this is, prints what comes, and resolves when the server has closed the connection. Changes the
 * working directory: a relative name is never too long for a socket.
 */
export function call(directory: string, request: ControlRequest, output: Output): Promise<Reply> {
  try {
    process.chdir(directory);
  } catch (error) {
    return Promise.resolve({ kind: "unreachable", code: (error as NodeJS.ErrnoException).code ?? "" });
  }
  const { promise, resolve } = Promise.withResolvers<Reply>();
  let reply: Reply | undefined;
  let text = "";
  const socket = connect(CONTROL_SOCKET);
  socket.setEncoding("utf8");
  socket.on("connect", () => socket.write(`${JSON.stringify(request)}\n`));
  socket.on("data", (chunk: string) => {
    const lines = (text + chunk).split("\n");
    text = lines.pop()!;
    for (const line of lines) reply = take(JSON.parse(line) as ControlAnswer, output) ?? reply;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    // Once the end has come, how the server leaves does not matter.
    resolve(
      reply ??
        (error.syscall === "connect" ? { kind: "unreachable", code: error.code ?? "" } : { kind: "cut" }),
    );
  });
  socket.on("close", () => resolve(reply ?? { kind: "cut" }));
  return promise;
}

function take(answer: ControlAnswer, output: Output): Reply | undefined {
  if ("note" in answer) return void output.err(`${answer.note}\n`);
  if ("line" in answer) return void output.out(answer.goesOn ? answer.line : `${answer.line}\n`);
  if ("ask" in answer) return { kind: "ask", ask: answer.ask };
  output.out(answer.out);
  return { kind: "done", exit: answer.exit };
}
