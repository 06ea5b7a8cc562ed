import assert from "node:assert/strict";
import { test } from "node:test";
import { authFixture, DocumentStorage } from "../../test/support/auth-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";
import { AccountError, type AccountFault } from "../kernel/accounts.ts";
import { type DocumentStore, StorageError } from "../kernel/storage.ts";
import { Jid } from "../xmpp/jid.ts";

const alice = jid("alice@h.test");

function fault(expected: AccountFault): (error: unknown) => boolean {
  return (error) => error instanceof AccountError && error.fault === expected;
}

test("an account is created, checked, changed and removed", async () => {
  const { accounts } = authFixture();
  assert.equal(await accounts.exists(alice), false);
  await accounts.create(alice, "secret");
  assert.equal(await accounts.exists(alice), true);
  assert.equal(await accounts.exists(jid("alice@h.test/balcony")), true);
  assert.equal(await accounts.checkPassword(alice, "secret"), true);
  assert.equal(await accounts.checkPassword(alice, "Secret"), false);
  await accounts.setPassword(alice, "changed");
  assert.equal(await accounts.checkPassword(alice, "secret"), false);
  assert.equal(await accounts.checkPassword(alice, "changed"), true);
  await accounts.remove(alice);
  assert.equal(await accounts.exists(alice), false);
  assert.equal(await accounts.checkPassword(alice, "changed"), false);
});

test("what cannot be an account is refused with its fault", async () => {
  const { accounts, storage } = authFixture();
  await accounts.create(alice, "secret");
  await assert.rejects(accounts.create(alice, "again"), fault("exists"));
  await assert.rejects(accounts.create(jid("alice@elsewhere.test"), "secret"), fault("unknown-host"));
  await assert.rejects(accounts.create(jid("h.test"), "secret"), fault("localpart"));
  await assert.rejects(accounts.create(jid("bob@h.test"), ""), fault("password"));
  await assert.rejects(accounts.create(jid("bob@h.test"), "tab\there"), fault("password"));
  await assert.rejects(accounts.create(jid("bob@h.test"), "x".repeat(1024)), fault("password"));
  await assert.rejects(accounts.setPassword(jid("bob@h.test"), "secret"), fault("missing"));
  await assert.rejects(accounts.setPassword(alice, ""), fault("password"));
  await assert.rejects(accounts.remove(jid("bob@h.test")), fault("missing"));
  await assert.rejects(accounts.remove(jid("bob@elsewhere.test")), fault("missing"));
  assert.equal(storage.documents.get("credentials")!.size, 1);
  assert.equal(await accounts.checkPassword(alice, "secret"), true);
});

test("there is one admin, however it is written", async () => {
  const { accounts } = authFixture();
  await accounts.create(jid("admin@h.test"), "secret");
  for (const name of ["ADMIN", "ＡＤＭＩＮ", "admin\u200b", "ᴀdmin", "admin ", "\u0430dmin"]) {
    const written = Jid.of(name, "h.test");
    if (written === undefined) continue;
    if (written.local === "admin") await assert.rejects(accounts.create(written, "x"), fault("exists"));
    else assert.equal(await accounts.exists(written), false);
  }
});

test("the first answer is a promise, the following ones are not, and the store is asked once", async () => {
  const { accounts, storage } = authFixture();
  const nobody = jid("nobody@h.test");
  await accounts.create(alice, "secret");
  assert.equal(accounts.exists(alice), true);
  const reads = storage.reads;
  const answers = [accounts.exists(nobody), accounts.exists(nobody)];
  assert.ok(answers.every((answer) => answer instanceof Promise));
  assert.deepEqual(await Promise.all(answers), [false, false]);
  assert.equal(accounts.exists(nobody), false);
  assert.equal(storage.reads, reads + 1);
  const restarted = authFixture({ storage });
  assert.ok(restarted.accounts.exists(alice) instanceof Promise);
  assert.equal(await restarted.accounts.exists(alice), true);
  assert.equal(restarted.accounts.exists(alice), true);
});

test("an answer that was on its way while the account changed is not remembered", async () => {
  const { accounts, storage } = authFixture();
  let open = (): void => {};
  storage.gate = new Promise((resolve) => {
    open = resolve;
  });
  const before = accounts.exists(alice);
  storage.gate = Promise.resolve();
  await accounts.create(alice, "secret");
  open();
  assert.equal(await before, false);
  assert.equal(accounts.exists(alice), true);
});

test("names that are not there never push out names that are", async () => {
  const { accounts, storage } = authFixture({ accounts: { remembered: { present: 2, absent: 2 } } });
  await accounts.create(alice, "secret");
  for (let number = 0; number < 20; number += 1) await accounts.exists(jid(`n${number}@h.test`));
  assert.equal(accounts.exists(alice), true);
  assert.equal(accounts.exists(jid("n19@h.test")), false);
  const reads = storage.reads;
  assert.equal(await accounts.exists(jid("n0@h.test")), false);
  assert.equal(storage.reads, reads + 1);
});

test("a store that fails while it is asked is asked again", async () => {
  const { accounts, storage } = authFixture();
  storage.fault = new StorageError("failed", "disk gone");
  await assert.rejects(async () => accounts.exists(alice), StorageError);
  await assert.rejects(accounts.create(alice, "secret"), StorageError);
  storage.fault = undefined;
  assert.equal(await accounts.exists(alice), false);
  await accounts.create(alice, "secret");
});

test("what extensions keep goes in the same commit as the credentials, or not at all", async () => {
  const storage = new DocumentStorage();
  const cards: DocumentStore<string> = storage.document<string>("cards");
  const onRemove = async (gone: Jid) => [cards.remove(gone)];
  const { accounts } = authFixture({ storage, accounts: { onRemove } });
  await accounts.create(alice, "secret");
  await storage.commit([cards.set(alice, "Alice")]);
  const commit = storage.commit.bind(storage);
  const batches: string[][] = [];
  storage.commit = (batch) => {
    batches.push(batch.map((change) => change.store));
    return commit(batch);
  };
  await accounts.remove(alice);
  assert.deepEqual(batches, [["cards", "credentials"]]);
  assert.equal(await cards.get(alice), undefined);
});

test("a removal that fails leaves the account as it was", async () => {
  let fails = true;
  const onRemove = async () => {
    if (fails) throw new Error("cannot list the roster");
    return [];
  };
  const { accounts } = authFixture({ accounts: { onRemove } });
  await accounts.create(alice, "secret");
  await assert.rejects(accounts.remove(alice), /cannot list the roster/);
  assert.equal(accounts.exists(alice), true);
  assert.equal(await accounts.checkPassword(alice, "secret"), true);
  fails = false;
  await accounts.remove(alice);
  assert.equal(accounts.exists(alice), false);
});

test("while an account is removed it does not exist", async () => {
  const seen: unknown[] = [];
  const { accounts } = authFixture({
    accounts: {
      onRemove: async (gone) => {
        seen.push(accounts.exists(gone));
        return [];
      },
    },
  });
  await accounts.create(alice, "secret");
  await accounts.remove(alice);
  assert.deepEqual(seen, [false]);
});

test("a removal does not wait for a change that waits for it", async () => {
  const changes: Promise<unknown>[] = [];
  const { accounts } = authFixture({
    accounts: {
      onRemove: async (gone) => {
        // As a session does that is ended while its request is under way.
        changes.push(accounts.setPassword(gone, "new"), accounts.remove(gone));
        await Promise.allSettled(changes);
        return [];
      },
    },
  });
  await accounts.create(alice, "secret");
  await accounts.remove(alice);
  assert.equal(changes.length, 2);
  for (const change of changes) await assert.rejects(change, fault("missing"));
  assert.equal(accounts.exists(alice), false);
  await accounts.create(alice, "again");
});

test("changes of one account do not overtake each other", async () => {
  const { accounts, storage } = authFixture();
  await accounts.create(alice, "secret");
  const changes = [
    accounts.setPassword(alice, "new"),
    accounts.remove(alice),
    accounts.setPassword(alice, "x"),
  ];
  const results = await Promise.allSettled(changes);
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "fulfilled", "rejected"],
  );
  assert.equal(storage.documents.get("credentials")!.size, 0);
  const creations = await Promise.allSettled([accounts.create(alice, "a"), accounts.create(alice, "b")]);
  assert.deepEqual(
    creations.map((result) => result.status),
    ["fulfilled", "rejected"],
  );
  assert.equal(await accounts.checkPassword(alice, "a"), true);
});

test("accounts are listed and counted by host", async () => {
  const { accounts } = authFixture({ accounts: { hosts: new Set(["h.test", "other.test"]) } });
  for (const name of ["carol@h.test", "alice@h.test", "bob@h.test", "dave@other.test"])
    await accounts.create(jid(name), "secret");
  assert.deepEqual(await accounts.list("h.test", { limit: 2 }), ["alice", "bob"]);
  assert.deepEqual(await accounts.list("h.test", { after: "bob", limit: 2 }), ["carol"]);
  assert.equal(await accounts.count("h.test"), 3);
  assert.equal(await accounts.count("nowhere.test"), 0);
});
