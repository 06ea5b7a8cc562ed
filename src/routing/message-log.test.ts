import assert from "node:assert/strict";
import { test } from "node:test";
import { turns } from "../../test/support/gate.ts";
import { memoryStorage } from "../../test/support/memory-store.ts";
import { silentLog } from "../../test/support/silent-log.ts";
import { SlowStorage } from "../../test/support/slow-storage.ts";
import { jid, stanza } from "../../test/support/stanzas.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { Home } from "./homes.ts";
import { MessageLog } from "./message-log.ts";

const account = jid("juliet@h.test");
const message = stanza("romeo@h.test/o", "<message to='juliet@h.test'><body>b</body></message>");

interface Play {
  readonly storage: SlowStorage;
  readonly world: SteppedWorld;
  readonly log: MessageLog;
  readonly home: Home;
}

async function play(storage = new SlowStorage(memoryStorage()), now = 1000): Promise<Play> {
  const world = new SteppedWorld(now);
  const log = new MessageLog(storage, world, silentLog());
  await log.start();
  const home = new Home(account);
  await log.load(home);
  return { storage, world, log, home };
}

async function append({ log, home }: Play): Promise<number> {
  const { key, committed } = log.append(home, {
    stanza: message,
    archived: false,
    sender: undefined,
    progress: [],
  });
  await committed;
  home.pending.putDown(key);
  return key;
}

test("keys tell the time, grow within a microsecond, and after a clock that was set back", async () => {
  const first = await play();
  assert.deepEqual([await append(first), await append(first)], [1_000_000, 1_000_001]);
  const second = await play(first.storage, 500);
  assert.deepEqual(second.home.pending.claim(), [1_000_000, 1_000_001]);
  assert.equal(await append(second), 1_000_002);
  second.world.pass(1000);
  assert.equal(await append(second), 1_500_000);
  const [entry] = await second.log.messages(second.home, [1_500_000]);
  assert.deepEqual([entry!.at.getTime(), entry!.stanza.from], [1500, message.from]);
});

test("what waited before the start is read in pages, once for all who ask", async () => {
  const first = await play();
  for (let n = 0; n < 1001; n++) void append(first);
  await turns(5000);
  let reads = 0;
  first.storage.obstacles.read = () => void reads++;
  const log = new MessageLog(first.storage, first.world, silentLog());
  const home = new Home(account);
  const loading = log.load(home);
  assert.equal(log.load(home), loading);
  await loading;
  assert.equal(home.pending.size, 1001);
  // The mark, the archive, and few at a time what waited: each may be as large as a stanza may be.
  assert.equal(reads, 23);
  assert.equal(log.load(home), undefined);
});

test("settled messages leave the store together, soon or at the end", async () => {
  const scene = await play();
  const { log, home, world, storage } = scene;
  const keys = [await append(scene), await append(scene), await append(scene)];
  let commits = 0;
  storage.obstacles.commit = () => void commits++;
  for (const key of [keys[0]!, keys[2]!]) {
    home.pending.settle(key);
    log.settled(home);
  }
  world.pass(199);
  assert.equal(commits, 0);
  world.pass(1);
  await turns();
  assert.equal(commits, 1);
  assert.deepEqual(
    (await log.messages(home, keys)).map(({ key }) => key),
    [keys[1]],
  );
  home.pending.settle(keys[1]!);
  log.settled(home);
  await log.settle();
  assert.deepEqual(await log.messages(home, keys), []);
  world.pass(1000);
  await turns();
  assert.equal(commits, 2);
});

test("an account that goes takes its messages along, and nothing of it is left to do", async () => {
  const scene = await play();
  const { log, home, world, storage } = scene;
  const keys = [await append(scene), await append(scene)];
  home.pending.settle(keys[0]!);
  log.settled(home);
  await storage.commit(log.removal(home));
  assert.deepEqual(await log.messages(home, keys), []);
  let commits = 0;
  storage.obstacles.commit = () => void commits++;
  world.pass(1000);
  await turns();
  assert.equal(commits, 0);
});
