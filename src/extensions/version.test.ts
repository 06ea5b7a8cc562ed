import assert from "node:assert/strict";
import { type } from "node:os";
import { test } from "node:test";
import { ask } from "../../test/support/asking.ts";
import { HOST, InProcess } from "../../test/support/in-process.ts";

async function facts(options: Record<string, Record<string, unknown>>): Promise<Record<string, string>> {
  const server = new InProcess({ accounts: ["romeo"], options });
  const romeo = await server.login(`romeo@${HOST}/a`);
  const answer = await ask(romeo, "get", "<query xmlns='jabber:iq:version'/>", HOST);
  const query = answer.child("query", "jabber:iq:version")!;
  return Object.fromEntries(query.elements().map(({ name, text }) => [name, text]));
}

test("name and version are told, the operating system only where an option says so", async () => {
  assert.deepEqual(await facts({}), { name: "Tercet", version: "0" });
  const more = await facts({ version: { show_os: true } });
  assert.match(more["os"] ?? "", new RegExp(`^${type()} .`));
});
