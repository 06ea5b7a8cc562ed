import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { DocumentStorage } from "../../test/support/auth-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";
import { StorageError } from "../kernel/storage.ts";
import { credentialsCodec } from "./credentials.ts";
import { Decoys } from "./decoys.ts";
import { HASH_LENGTH, nodePrimitives, SCRAM_HASHES } from "./primitives.ts";

const world = { random: randomBytes };

function decoysOn(storage: DocumentStorage): Decoys {
  return new Decoys(storage, world, nodePrimitives(), 8);
}

test("a decoy looks like the keys of an account", async () => {
  const decoys = decoysOn(new DocumentStorage());
  for (const hash of SCRAM_HASHES) {
    const keys = await decoys.keys(jid("nobody@h.test"), hash);
    assert.equal(keys.salt.length, 16);
    assert.equal(keys.iterations, 8);
    assert.equal(keys.storedKey.length, HASH_LENGTH[hash]);
    assert.equal(keys.serverKey.length, HASH_LENGTH[hash]);
  }
});

test("the salt belongs to the name, the host and the hash, and outlives a restart", async () => {
  const storage = new DocumentStorage();
  const salts = async (decoys: Decoys): Promise<string[]> => {
    const found: string[] = [];
    for (const name of ["a@h.test", "b@h.test", "a@other.test"])
      for (const hash of SCRAM_HASHES) found.push((await decoys.keys(jid(name), hash)).salt.toString("hex"));
    return found;
  };
  const first = await salts(decoysOn(storage));
  assert.equal(new Set(first).size, 9);
  assert.deepEqual(await salts(decoysOn(storage)), first);
  assert.notDeepEqual(await salts(decoysOn(new DocumentStorage())), first);
});

test("two that make the secret at once agree on one", async () => {
  const storage = new DocumentStorage();
  const both = [decoysOn(storage), decoysOn(storage)];
  const [one, other] = await Promise.all(both.map((decoys) => decoys.keys(jid("a@h.test"), "SHA-1")));
  assert.deepEqual(one, other);
});

test("a store that fails is asked again the next time", async () => {
  const storage = new DocumentStorage();
  const decoys = decoysOn(storage);
  storage.fault = new StorageError("full", "no space");
  await assert.rejects(decoys.keys(jid("a@h.test"), "SHA-1"), StorageError);
  storage.fault = undefined;
  assert.equal((await decoys.keys(jid("a@h.test"), "SHA-1")).salt.length, 16);
});

test("the document reads like that of an account", async () => {
  const document = await decoysOn(new DocumentStorage()).document(jid("a@h.test"));
  assert.equal(credentialsCodec.decode(document)["SHA-512"].storedKey.length, 64);
});
