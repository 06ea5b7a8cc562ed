import assert from "node:assert/strict";
import { child, text } from "../support/romeo.ts";
import type { FaultyServer } from "./faulty-server.ts";
import type { PlainClient } from "./plain-client.ts";

/** Sends messages 1 to `count` and resolves when they are handled. */
export async function tell(client: PlainClient, to: string, count: number, first = 1): Promise<void> {
  for (let n = first; n < first + count; n++)
    client.send(`<message to='${to}' type='chat' id='${n}'><body>message ${n}</body></message>`);
  await client.ping();
}

/** The numbers of what waited for a user of a server, in the order in which it comes. */
export async function waiting(server: FaultyServer, user: string): Promise<number[]> {
  const client = await server.login(user);
  // What is sent now comes behind everything that waited.
  client.send(`<message to='${user}@h.test' type='chat' id='last'><body>the last</body></message>`);
  const numbers: number[] = [];
  for (;;) {
    const message = await client.find((one) => one.name === "message", "a message");
    if (message.attributes["id"] === "last") break;
    const number = Number(message.attributes["id"]);
    assert.equal(text(child(message, "body")), `message ${number}`);
    numbers.push(number);
  }
  await client.close();
  return numbers;
}

export function numbers(through: number): number[] {
  return Array.from({ length: through }, (_, at) => at + 1);
}
