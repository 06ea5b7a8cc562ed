// A full disk, on a small file system in memory: needs the right to mount one, so it is no part of `npm test`.
//   node --test test/faults/full-disk.test.ts

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Codec, StorageFault } from "../../src/kernel/storage.ts";
import { StorageError } from "../../src/kernel/storage.ts";
import { DataDirectoryError } from "../../src/storage/sqlite/data-directory-error.ts";
import { SqliteStorage } from "../../src/storage/sqlite/sqlite-storage.ts";
import { Jid } from "../../src/xmpp/jid.ts";

const raw: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes };
const romeo = Jid.parse("romeo@example.org")!;
const juliet = Jid.parse("juliet@example.org")!;
const owners = [
  { owner: romeo, with: juliet },
  { owner: juliet, with: romeo },
];

/** A file system of 8 MiB, or undefined where it may not be mounted. */
function mountSmall(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "tercet-full-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", directory]);
  if (status === 0) return directory;
  rmdirSync(directory);
  return undefined;
}

function unmount(directory: string): void {
  assert.equal(spawnSync("umount", [directory]).status, 0);
  rmdirSync(directory);
}

const mounted = mountSmall();
if (mounted !== undefined) unmount(mounted);
const skip = mounted === undefined && "no file system can be mounted here";

test("a full disk refuses commits whole, and takes them again when there is space", { skip }, async () => {
  const directory = mountSmall()!;
  const ballast = join(directory, "ballast");
  const healths: (StorageFault | undefined)[] = [];
  const options = {
    indexAfter: 200,
    onHealth: (fault: StorageFault | undefined) => void healths.push(fault),
  };
  writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024));
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
    rmSync(ballast);
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
    unmount(directory);
  }
});

test("a start on a full or read-only disk says so", { skip }, async () => {
  const directory = mountSmall()!;
  const ballast = join(directory, "ballast");
  const refusal = async (): Promise<string> => {
    const result = await SqliteStorage.open(join(directory, "data")).catch((error: unknown) => error);
    if (result instanceof SqliteStorage) await result.close();
    assert.ok(result instanceof DataDirectoryError, String(result));
    return result.message;
  };
  try {
    assert.throws(() => writeFileSync(ballast, Buffer.alloc(16 * 1024 * 1024)), /ENOSPC/);
    assert.match(await refusal(), /no space is left/);
    rmSync(ballast);
    await (await SqliteStorage.open(join(directory, "data"))).close();
    assert.equal(spawnSync("mount", ["-o", "remount,ro", directory]).status, 0);
    assert.match(await refusal(), /read-only/);
  } finally {
    unmount(directory);
  }
});
