import assert from "node:assert/strict";
import { test } from "node:test";
import { ownerContext } from "../../test/support/owner-context.ts";
import { CommandError } from "../kernel/commands.ts";
import type { Storage } from "../kernel/storage.ts";
import { backupCommands } from "./backups.ts";

/** Calls `backup file` and gives what the storage was asked for, and what the caller was told. */
async function call(
  file: string,
  { directory, inside = false }: { directory?: string; inside?: boolean } = {},
): Promise<readonly string[]> {
  const seen: string[] = [];
  const storage: Pick<Storage, "backup"> = {
    async backup(target, name) {
      seen.push(target, name);
      return inside ? `${target}/${name}` : target;
    },
  };
  const [backup] = backupCommands({ storage, world: { now: () => Date.UTC(2026, 10, 25, 9, 15, 7) } });
  await backup!.run({ file }, { ...ownerContext(), directory, note: (text) => void seen.push(text) });
  return seen;
}

test("a path is taken from where the caller is, and a directory gets a name with date and time", async () => {
  assert.deepEqual(await call("/b/x.db"), ["/b/x.db", "tercet-20261125-091507.db"]);
  assert.deepEqual((await call("x.db", { directory: "/home/me" }))[0], "/home/me/x.db");
  assert.deepEqual(await call("/b", { inside: true }), [
    "/b",
    "tercet-20261125-091507.db",
    "Written to /b/tercet-20261125-091507.db",
  ]);
});

test("what cannot be done is said", async () => {
  await assert.rejects(call(""), new CommandError("bad_argument", "'file' is empty."));
  await assert.rejects(call("x.db"), /'file' must be a path from the root/);
  const [backup] = backupCommands({ storage: {}, world: { now: () => 0 } });
  await assert.rejects(async () => backup!.run({ file: "/x" }, ownerContext()), /keeps everything in memory/);
});
