import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Codec } from "../../src/kernel/storage.ts";
import type { Benchmark, Load } from "./benchmark.ts";

const ACCOUNTS = 5000;
const STANZA = new Uint8Array(390).fill(0x61);

const raw: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes };

/**
 * Messages of 390 bytes, each in a commit of its own and in the logs of two accounts, so many in a turn of the loop; every commit is synced. The directory
 * for temporary files should lie on a disk: in memory a sync costs nothing.
 */
export async function benchmarks(load: Load): Promise<readonly Benchmark[]> {
  const { Jid } = await load<typeof import("../../src/xmpp/jid.ts")>("src/xmpp/jid.ts");
  const { SqliteStorage } = await load<typeof import("../../src/storage/sqlite/sqlite-storage.ts")>(
    "src/storage/sqlite/sqlite-storage.ts",
  );
  const directory = mkdtempSync(join(tmpdir(), "tercet-bench-"));
  const storage = await SqliteStorage.open(directory);
  const log = storage.log<Uint8Array>("messages", raw);
  const people = Array.from({ length: ACCOUNTS }, (_, at) => Jid.parse(`user${at}@example.org`)!);
  let key = 0;
  const append = (): Promise<void> => {
    const at = Math.imul(++key, 2654435761) >>> 0;
    const [from, to] = [people[at % ACCOUNTS]!, people[(at >>> 7) % ACCOUNTS]!];
    const owners = [
      { owner: from, with: to },
      { owner: to, with: from },
    ];
    return storage.commit([log.append(owners, key, STANZA)]);
  };
  const appending = (batch: number): Benchmark => ({
    name: `log: append, ${batch} in a turn`,
    async run(count) {
      for (let done = 0; done < count; ) {
        let last: Promise<void> | undefined;
        for (let at = 0; at < batch && done < count; at++, done++) last = append();
        // The last of a turn resolves after all before it.
        await last;
      }
    },
  });
  const reading: Benchmark = {
    name: "log: read the 50 newest of an account",
    async run(count) {
      for (let at = 0; at < count; at++)
        await log.page(people[(at * 37) % ACCOUNTS]!, { limit: 50, newest: true });
    },
    async end() {
      await storage.close();
      rmSync(directory, { recursive: true });
    },
  };
  return [appending(10), appending(50), appending(200), reading];
}
