// The store on a full disk: a small file system in memory, which needs the right to mount one.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Codec, StorageFault } from "../../src/kernel/storage.ts";
import { StorageError } from "../../src/kernel/storage.ts";
import { SqliteStorage } from "../../src/storage/sqlite/sqlite-storage.ts";
import { Jid } from "../../src/xmpp/jid.ts";
import { lacks, SmallDisk } from "./small-disk.ts";

const raw: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes };
const romeo = Jid.parse("romeo@example.org")!;
const juliet = Jid.parse("juliet@example.org")!;
const owners = [
  { owner: romeo, with: juliet },
  { owner: juliet, with: romeo },
];

const skip = lacks("inMemory");

test("a full disk refuses commits whole, and takes them again when there is space", { skip }, async () => {
  using disk = SmallDisk.inMemory(8)!;
  const { directory } = disk;
  const healths: (StorageFault | undefined)[] = [];
  const options = {
    indexAfter: 200,
    onHealth: (fault: StorageFault | undefined) => void healths.push(fault),
  };
  disk.fill(6 * 1024 * 1024);
  let storage = await SqliteStorage.open(directory, options);
  let log = storage.log<Uint8Array>("messages", raw);
  const rosters = storage.map<number>("roster");
  const stored: number[] = [];
  let key = 0;
  const commit = async (size: number): Promise<StorageFault | undefined> => {
    key += 1;
    const batch = [
      rosters.set(romeo, `${key}`, key),
      log.append(owners, key, new Uint8Array(size).fill(key)),
    ];
    try {
      await storage.commit(batch);
      stored.push(key);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof StorageError, String(error));
      return error.fault;
    }
  };
  const check = async (): Promise<void> => {
    const entries = await log.page(romeo, { limit: 100_000 });
    assert.deepEqual(
      entries.map((entry) => entry.key),
      stored,
    );
    assert.ok(entries.every((entry) => entry.value.every((byte) => byte === (entry.key & 0xff))));
    const names = [...(await storage.map<number>("roster").all(romeo)).values()];
    assert.deepEqual(
      names.toSorted((a, b) => a - b),
      stored,
    );
  };
  try {
    while ((await commit(20_000)) === undefined);
    // Until not even a small one goes in.
    while ((await commit(300)) === undefined);
    assert.equal(await commit(300), "full");
    const full = await Promise.all([commit(300), commit(20_000), commit(300)]);
    assert.deepEqual(full, ["full", "full", "full"]);
    await check();
    disk.free();
    assert.equal(await commit(20_000), undefined);
    assert.equal(await commit(300), undefined);
    await check();
    assert.equal(healths[0], "full");
    assert.equal(healths.at(-1), undefined);
    await storage.close();
    storage = await SqliteStorage.open(directory, options);
    log = storage.log<Uint8Array>("messages", raw);
    await check();
  } finally {
    await storage.close();
  }
});

test("the disk fills up while the log of commits is copied into the database", { skip }, async () => {
  using disk = SmallDisk.inMemory(40)!;
  const { directory } = disk;
  const said: string[] = [];
  const committed: number[] = [];
  let last = 0;
  const storage = await SqliteStorage.open(directory, {
    onHealth: (fault, message) => void said.push(`${fault} ${message} after ${committed.length}`),
  });
  const log = storage.log<Uint8Array>("messages", raw);
  const commit = async (): Promise<boolean> => {
    const key = ++last;
    const entry = log.append(owners, key, new Uint8Array(20_000).fill(key));
    const done = await storage.commit([entry]).then(
      () => true,
      (error: unknown) => !(error instanceof StorageError && error.fault === "full"),
    );
    if (done) committed.push(key);
    return done;
  };
  try {
    // Many in one go make the log of commits longer than it is ever again. Once it was copied it is written over from its beginning and needs no space: only the copy does.
    await Promise.all(Array.from({ length: 400 }, commit));
    for (let n = 0; n < 20; n++) await commit();
    disk.fill();
    while (await commit());
    assert.match(said[0] ?? "", /^full /);
    const copying = Number(/after (\d+)$/.exec(said[0]!)?.[1]);
    assert.ok(
      copying < committed.length,
      `copying did not fail first: ${said[0]}, ${committed.length} committed`,
    );
    disk.free();
    assert.ok(await commit());
    for (let n = 0; n < 50; n++) assert.ok(await commit());
    const entries = await log.page(romeo, { limit: 100_000 });
    assert.deepEqual(
      entries.map(({ key }) => key),
      committed,
    );
    assert.ok(entries.every(({ key, value }) => value.every((byte) => byte === (key & 0xff))));
  } finally {
    await storage.close();
  }
  const again = await SqliteStorage.open(directory);
  assert.equal(await again.log<Uint8Array>("messages", raw).count(romeo), committed.length);
  await again.close();
});
