// A process that owns a data directory, for tests of what happens when it dies or another one starts:
//   node test/support/storage-process.ts DIRECTORY [at MILLISECONDS | append]
// Prints "open" once it has the directory, or "refused: " and why. `at` opens it at that moment of the clock; `append` goes on to append entries
// 1, 2, 3, … to the log "messages" of two accounts, many in flight, and prints each key after its commit resolved. Ends when its input ends.

import { setTimeout as sleep } from "node:timers/promises";
import type { Codec } from "../../src/kernel/storage.ts";
import { SqliteStorage } from "../../src/storage/sqlite/sqlite-storage.ts";
import { Jid } from "../../src/xmpp/jid.ts";

const text: Codec<string> = {
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

async function appendForever(storage: SqliteStorage): Promise<void> {
  const log = storage.log<string>("messages", text);
  const romeo = Jid.parse("romeo@example.org")!;
  const juliet = Jid.parse("juliet@example.org")!;
  const owners = [
    { owner: romeo, with: juliet },
    { owner: juliet, with: romeo },
  ];
  for (let key = 1 + (await log.lastKey()); ; ) {
    const burst: Promise<void>[] = [];
    for (let at = 0; at < 20; at++, key++) {
      const mine = key;
      const commit = storage.commit([log.append(owners, mine, `m${mine}`)]);
      burst.push(commit.then(() => void process.stdout.write(`${mine}\n`)));
    }
    await Promise.all(burst);
  }
}

const [directory = "", mode = "", moment = "0"] = process.argv.slice(2);
if (mode === "at") await sleep(Math.max(0, Number(moment) - Date.now()));
try {
  const storage = await SqliteStorage.open(directory, { indexAfter: 100 });
  process.stdout.write("open\n");
  process.stdin.resume().once("end", () => void storage.close());
  if (mode === "append") await appendForever(storage);
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error ? error.message : String(error)}\n`);
}
