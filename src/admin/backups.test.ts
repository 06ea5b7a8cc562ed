import assert from "node:assert/strict";
import { test } from "node:test";
import { type CommandContext, CommandError, CommandRegistry } from "../kernel/commands.ts";
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
  const registry = new CommandRegistry();
  registry.add(...backupCommands({ storage, now: () => Date.UTC(2026, 10, 25, 9, 15, 7) }));
  const context: CommandContext = { directory, note: (text) => void seen.push(text), waitForEnd() {} };
  await registry.call("backup", [file], context);
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
  const registry = new CommandRegistry();
  registry.add(...backupCommands({ storage: {}, now: () => 0 }));
  const context: CommandContext = { note() {}, waitForEnd() {} };
  await assert.rejects(registry.call("backup", ["/x"], context), /keeps everything in memory/);
});
