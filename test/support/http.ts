import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { Deadlines } from "../../src/base/deadlines.ts";
import { createLog } from "../../src/base/log.ts";
import { HttpServer } from "../../src/http/http-server.ts";
import { RouteTable } from "../../src/http/route-table.ts";
import type { HttpRoute } from "../../src/kernel/http.ts";
import { SteppedWorld } from "./stepped-world.ts";

/** Milliseconds after which what is waited for will not come. */
const PATIENCE = 20_000;

/** Resolves when it is so. */
export async function until(so: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!so()) {
    if (performance.now() > end) throw new Error("it does not come to that");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Deadlines that tell which was set last. */
class TellingDeadlines extends Deadlines {
  last: number = 0;

  override set(owner: object, milliseconds: number, action: () => void): void {
    this.last = milliseconds;
    super.set(owner, milliseconds, action);
  }
}

/** Whatever comes for these bytes until the connection ends. `then` gets to do something once they are sent, and sees what has come by then. */
export async function exchange(
  port: number,
  bytes: string | Uint8Array,
  then: (received: () => string, send: (bytes: string) => void) => unknown = () => {},
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
  });
  // A reset is an end like another: what came before it counts.
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await once(socket, "connect");
  socket.write(bytes);
  await then(
    () => received,
    (more) => void socket.write(more),
  );
  await closed;
  return received;
}

/** A request in HTTP/1.1 after which the connection ends. */
export function request(head: string, body = ""): string {
  const [line = "", ...fields] = head.split("\n");
  const named = fields.some((field) => /^host:/i.test(field)) ? fields : ["Host: localhost", ...fields];
  const length =
    body === "" || /^(?:content-length|transfer-encoding):/im.test(head)
      ? []
      : [`Content-Length: ${Buffer.byteLength(body)}`];
  return `${[`${line} HTTP/1.1`, ...named, ...length, "Connection: close"].join("\r\n")}\r\n\r\n${body}`;
}

export interface TestHttp {
  readonly server: HttpServer;
  readonly routes: RouteTable;
  readonly port: number;
  readonly world: SteppedWorld;
  /** Log lines. */
  readonly lines: string[];
  /** Connections that were accepted. */
  readonly opened: () => number;
  /** Resolves when so many bytes of the connection that was accepted last were read and dealt with. */
  took(bytes: number): Promise<void>;
  /** Milliseconds of the deadline that was set last. */
  deadline(): number;
  /** Sends a request, gives what came. */
  ask(head: string, body?: string): Promise<string>;
}

/** An HTTP server of its own whose clock stands. */
export async function openHttp(
  t: TestContext,
  routes: readonly HttpRoute[],
  more: { readonly names?: readonly string[]; readonly address?: string } = {},
): Promise<TestHttp> {
  const world = new SteppedWorld();
  const lines: string[] = [];
  const log = createLog({ level: "debug", format: "json", now: () => 0, write: (line) => lines.push(line) });
  const table = new RouteTable();
  for (const route of routes) table.add(route);
  const deadlines = new TellingDeadlines(world);
  const names = new Set(more.names ?? ["h.test"]);
  const server = new HttpServer({ log, deadlines, routes: table, names: () => names });
  let opened = 0;
  let last: Socket | undefined;
  const listener = createServer({ allowHalfOpen: true }, (stream) => {
    opened++;
    last = stream;
    server.accept({ stream, address: more.address ?? "127.0.0.1", tls: false, authenticated() {} });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  t.after(async () => {
    listener.close();
    await server.close();
    deadlines.close();
  });
  const ask = (head: string, body?: string): Promise<string> => exchange(port, request(head, body));
  const took = async (bytes: number): Promise<void> => {
    await until(() => last !== undefined && last.bytesRead >= bytes);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    server,
    routes: table,
    port,
    world,
    lines,
    opened: () => opened,
    took,
    deadline: () => deadlines.last,
    ask,
  };
}
