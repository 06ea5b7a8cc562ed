import assert from "node:assert/strict";
import { test } from "node:test";
import { ABROAD, HOST, InProcess } from "../../test/support/in-process.ts";
import { jid } from "../../test/support/stanzas.ts";
import { accountRemoved, sessionEnded } from "../kernel/points.ts";

test("an account that goes: first its sessions with all that they do, then the rest, and its home is forgotten", async () => {
  const romeo = jid(`romeo@${HOST}`);
  const server = new InProcess({ accounts: ["romeo"] });
  await server.contact(`${romeo}`, `c@${ABROAD}`, "from");
  await server.login(`${romeo}/a`);
  await server.login(`${romeo}/b`);
  server.left();
  const { core } = server;
  const seen: string[] = [];
  core.hooks.on(sessionEnded, "cleanup", "test", async ({ session }) => {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(session.jid.resource);
  });
  core.hooks.on(accountRemoved, "streams", "test", () => void seen.push("removal"));
  await core.removeAccount(romeo);
  assert.deepEqual(seen, ["a", "b", "removal"]);
  assert.deepEqual(server.left(), [
    `presence unavailable ${romeo}/a > c@${ABROAD}`,
    `presence unavailable ${romeo}/b > c@${ABROAD}`,
    `presence unsubscribed ${romeo} > c@${ABROAD}`,
  ]);
  assert.equal(core.homes.peek(romeo), undefined);
  assert.equal(core.sessions.size, 0);
});
