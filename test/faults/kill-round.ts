import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { Ledger } from "./ledger.ts";
import { Talker, type TalkerParts } from "./talker.ts";

/** Who writes and gets messages while the server is killed, and who is offline then. */
const ONLINE = Array.from({ length: 8 }, (_, at) => `on${at}`);
const OFFLINE = Array.from({ length: 4 }, (_, at) => `off${at}`);

/** All accounts of these rounds. */
export const everybody: readonly string[] = [...ONLINE, ...OFFLINE];

export interface RoundResult {
  readonly faults: readonly string[];
  readonly line: string;
}

/** One kill of a server that runs, and its start after it: everybody writes to everybody, and what was acknowledged must be there. */
export async function killRound(server: FaultyServer, chance: Chance, mark: string): Promise<RoundResult> {
  const ledger = new Ledger();
  const login = (name: string): Promise<Talker> => {
    const others = everybody.filter((other) => other !== name);
    const parts: TalkerParts = { name, others, ledger, chance: chance.fork(), mark };
    return Talker.login(server.process.port, parts);
  };
  const talkers = await Promise.all(ONLINE.map(login));
  // One of those who are offline comes in the middle of it, and one who is online goes.
  const comes = chance.pick(OFFLINE);
  const [killAfter, comesAfter, goesAfter] = [
    chance.integer(5, 500),
    chance.integer(0, 500),
    chance.integer(0, 500),
  ];
  for (const talker of talkers) talker.talk();
  const late: Promise<unknown>[] = [];
  const events: [number, () => unknown][] = [
    [killAfter, () => server.end("SIGKILL")],
    [
      comesAfter,
      () =>
        late.push(
          login(comes)
            .then((talker) => talkers.push(talker))
            .catch(() => {}),
        ),
    ],
    [goesAfter, () => late.push(talkers[0]!.close())],
  ];
  let now = 0;
  for (const [at, happens] of events.sort(([a], [b]) => a - b)) {
    if (at > killAfter) break;
    await sleep(at - now);
    now = at;
    await happens();
  }
  await Promise.all(late);
  await Promise.all(talkers.map(({ ended }) => ended));
  await server.start();
  const again = await Promise.all(everybody.map(login));
  await Promise.all(again.map((talker) => talker.hearAll()));
  await Promise.all(again.map((talker) => talker.close()));
  const faults = ledger.check();
  const { size, acknowledged, duplicates } = ledger;
  return {
    faults,
    line: `killed after ${killAfter} ms: ${size} sent, ${acknowledged} acknowledged, ${duplicates} came twice`,
  };
}
