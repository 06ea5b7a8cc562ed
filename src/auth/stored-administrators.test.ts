import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage } from "../../test/support/memory-store.ts";
import { jid } from "../../test/support/stanzas.ts";
import type { AccountError } from "../kernel/accounts.ts";
import type { Storage } from "../kernel/storage.ts";
import { StoredAdministrators } from "./stored-administrators.ts";

const alice = jid("alice@a.test");
const bob = jid("bob@a.test");

function administrators(storage: Storage, configured = [bob]): StoredAdministrators {
  return new StoredAdministrators({
    storage,
    accounts: { exists: ({ local }) => local !== "nobody" },
    configured: () => configured,
    now: () => 1000,
  });
}

test("who is stored as an administrator is one after a restart too, and each is shown with its origins", async () => {
  const storage = memoryStorage();
  const first = administrators(storage, []);
  await first.load(["a.test"]);
  assert.ok(first.none());
  await first.add(jid("alice@a.test/phone"));
  assert.ok(first.isAdministrator(alice) && first.has(alice) && !first.none());
  const second = administrators(storage);
  assert.ok(!second.isAdministrator(alice), "not before it was read");
  await second.load(["a.test", "b.test"]);
  await second.add(bob);
  assert.deepEqual(
    second.list().map(({ account, origins }) => [account.toString(), ...origins]),
    [
      ["alice@a.test", "stored"],
      ["bob@a.test", "configuration", "stored"],
    ],
  );
  assert.ok(!administrators(storage).none(), "the configuration names one");
});

test("what is taken back is gone, what the file says stays", async () => {
  const storage = memoryStorage();
  const one = administrators(storage);
  await one.add(alice);
  assert.equal(await one.remove(alice), true);
  assert.equal(await one.remove(alice), false);
  assert.equal(await one.remove(bob), false);
  assert.ok(one.isAdministrator(bob) && !one.isAdministrator(alice));
  const again = administrators(storage);
  await again.load(["a.test"]);
  assert.ok(!again.has(alice));
});

test("an account that is removed leaves no right behind", async () => {
  const storage = memoryStorage();
  const one = administrators(storage);
  await one.add(alice);
  await storage.commit(one.removal(alice));
  assert.ok(!one.isAdministrator(alice));
  const again = administrators(storage);
  await again.load(["a.test"]);
  assert.ok(!again.has(alice));
  assert.deepEqual(one.removal(bob), []);
});

test("only accounts that there are become administrators", async () => {
  const one = administrators(memoryStorage());
  await assert.rejects(one.add(jid("nobody@a.test")), (error) => (error as AccountError).fault === "missing");
  assert.ok(!one.has(jid("nobody@a.test")));
});
