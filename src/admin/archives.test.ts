import assert from "node:assert/strict";
import { test } from "node:test";
import { HOST, InProcess } from "../../test/support/in-process.ts";
import { ownerContext } from "../../test/support/owner-context.ts";
import { jid, stanza } from "../../test/support/stanzas.ts";
import { messageArchive } from "../kernel/archive.ts";
import { type Command, CommandError } from "../kernel/commands.ts";
import { stanzaToAccount } from "../kernel/points.ts";
import { archiveCommands } from "./archives.ts";

const ROMEO = `romeo@${HOST}`;
const JULIET = `juliet@${HOST}`;

interface Play {
  readonly server: InProcess;
  run(name: string, ...words: readonly unknown[]): Promise<unknown>;
  /** Bodies in the archive of an account. */
  archived(account: string): Promise<readonly string[]>;
}

/** Everything that accounts get is archived. */
async function play(now = Date.now): Promise<Play> {
  const server = new InProcess({ accounts: ["romeo", "juliet", "nurse"] });
  server.core.hooks.on(stanzaToAccount, "archive", "test", (passage) => {
    passage.archived = true;
  });
  await server.core.start();
  const archive = server.core.loader.services.find(messageArchive)!;
  const commands = new Map<string, Command>(
    archiveCommands({
      archive,
      accounts: { exists: (account) => server.accounts.has(account.toString()) },
      server: { hosts: [HOST] },
      world: { now },
    }).map((command) => [command.name, command]),
  );
  return {
    server,
    async run(name, ...values) {
      const command = commands.get(name)!;
      const args = Object.fromEntries(Object.keys(command.args).map((key, index) => [key, values[index]]));
      return command.run(args, ownerContext());
    },
    archived: async (account) =>
      (await archive.page(jid(account), { limit: 100 })).map(
        ({ stanza: one }) => one.child("body", "jabber:client")!.text,
      ),
  };
}

async function send(server: InProcess, from: string, to: string, body: string): Promise<void> {
  const message = stanza(from, `<message to='${to}' type='chat'><body>${body}</body></message>`);
  await server.core.router.send(message);
}

test("archives are counted, emptied, and rid of one peer; what still waits stays", async () => {
  const { server, run, archived } = await play();
  const juliet = await server.login(`${JULIET}/balcony`);
  for (const [from, body] of [
    [ROMEO, "r1"],
    [`nurse@${HOST}`, "n1"],
    [ROMEO, "r2"],
  ] as const)
    await send(server, from, JULIET, body);
  assert.equal(juliet.take().length, 3);
  server.core.sessions.flushed(juliet, []);
  assert.equal(await run("get_mam_count", "juliet", HOST), 3);
  const [first, second, third] = await server.core.loader.services
    .find(messageArchive)!
    .page(jid(JULIET), { limit: 10 });
  server.core.sessions.flushed(juliet, [first!.key, second!.key, third!.key]);
  assert.equal(await run("remove_mam_for_user_with_peer", "juliet", HOST, ROMEO), "MAM archive removed");
  assert.deepEqual(await archived(JULIET), ["n1"]);
  await juliet.lose();
  await send(server, ROMEO, JULIET, "waits");
  await run("remove_mam_for_user_with_peer", "juliet", HOST, ROMEO);
  await run("remove_mam_for_user", "juliet", HOST);
  assert.deepEqual(await archived(JULIET), ["waits"]);
  const again = await server.login(`${JULIET}/balcony`, { presence: false });
  await again.write("<presence/>");
  const got = again.take().filter(({ kind }) => kind === "message");
  assert.deepEqual(
    got.map((message) => message.child("body", "jabber:client")!.text),
    ["waits"],
  );
});

test("old messages leave all archives", async () => {
  const day = 24 * 60 * 60 * 1000;
  const { server, run, archived } = await play(() => Date.now() + 2 * day);
  const juliet = await server.login(`${JULIET}/balcony`);
  await send(server, ROMEO, JULIET, "old");
  const [only] = await server.core.loader.services.find(messageArchive)!.page(jid(JULIET), { limit: 10 });
  server.core.sessions.flushed(juliet, [only!.key]);
  await run("delete_old_mam_messages", "all", 3);
  assert.deepEqual(await archived(JULIET), ["old"]);
  await run("delete_old_mam_messages", "chat", 1);
  assert.deepEqual(await archived(JULIET), []);
  await assert.rejects(run("delete_old_mam_messages", "all", -1), CommandError);
  await assert.rejects(run("get_mam_count", "nobody", HOST), { kind: "not_found" });
  await assert.rejects(run("remove_mam_for_user_with_peer", "juliet", HOST, "@"), { kind: "error" });
});
