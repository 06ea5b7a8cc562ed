import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { child, type Romeo, text } from "./romeo.ts";
import type { TestServer } from "./server.ts";

/** What `reload_config` printed on both, with the directory cut out. */
export async function reload(server: TestServer): Promise<string> {
  const { out, err, exit } = await server.command("reload_config");
  assert.equal(exit, out.includes("Error") ? 1 : 0);
  return `${out}${err}`.replaceAll(`${server.directory}/`, "");
}

export async function chat(from: Romeo, to: Romeo, words: string): Promise<void> {
  from.send(`<message to='${to.jid}' type='chat'><body>${words}</body></message>`);
  assert.equal(text(child(await to.expect("message"), "body")!), words);
}

/** Somebody else's port. */
export async function occupy(address: string, port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen({ host: address, port, exclusive: true }, resolve);
  });
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}
