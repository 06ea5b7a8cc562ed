import { setTimeout as sleep } from "node:timers/promises";
import { archived } from "./archived.ts";
import type { Chance } from "./chance.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { Ledger } from "./ledger.ts";
import { Talker } from "./talker.ts";

/** Who writes and gets messages while the server is killed, and who is offline then. */
const ONLINE = Array.from({ length: 8 }, (_, at) => `on${at}`);
const OFFLINE = Array.from({ length: 4 }, (_, at) => `off${at}`);

/** All accounts of these rounds. */
export const everybody: readonly string[] = [...ONLINE, ...OFFLINE];

export interface RoundResult {
  readonly faults: readonly string[];
  readonly line: string;
}

/** One end of a server that runs, mostly by SIGKILL, and its start after it: everybody writes to everybody, and what was acknowledged must be there. */
export async function killRound(server: FaultyServer, chance: Chance, mark: string): Promise<RoundResult> {
  const round = new Round(server, chance, mark);
  const plan = await round.load();
  await server.start();
  const resumed = await round.comeBack();
  const faults = await round.check();
  const { size, acknowledged, duplicates } = round.ledger;
  return {
    faults,
    line: `${plan}: ${size} sent, ${acknowledged} acknowledged, ${duplicates} came twice, ${resumed} resumed`,
  };
}

class Round {
  readonly ledger: Ledger;
  readonly #server: FaultyServer;
  readonly #chance: Chance;
  readonly #began: Date = new Date();
  readonly #talkers = new Map<string, Talker>();

  constructor(server: FaultyServer, chance: Chance, mark: string) {
    this.#server = server;
    this.#chance = chance;
    this.ledger = new Ledger(mark);
  }

  /** Until the kill. One of those who are offline comes in the middle of it, one who is online goes, and one loses the connection. */
  async load(): Promise<string> {
    const chance = this.#chance;
    await Promise.all(ONLINE.map((name) => this.#login(name, chance.integer(0, 3) > 0)));
    const comes = chance.pick(OFFLINE);
    const killAfter = chance.integer(5, 500);
    const signal = chance.integer(0, 4) === 0 ? "SIGTERM" : "SIGKILL";
    const later: Promise<unknown>[] = [];
    // The kill may come in the middle of any of them.
    const begin = (what: Promise<unknown>): void => void later.push(what.catch(() => {}));
    const events: [number, () => unknown][] = [
      [killAfter, () => this.#end(signal)],
      [chance.integer(0, 500), () => begin(this.#login(comes, true))],
      [chance.integer(0, 500), () => begin(this.#leave(ONLINE[0]!))],
      [chance.integer(0, 500), () => begin(this.#cut(ONLINE[1]!))],
    ];
    for (const talker of this.#talkers.values()) talker.talk();
    let now = 0;
    for (const [at, happens] of events.sort(([a], [b]) => a - b)) {
      if (at > killAfter) break;
      await sleep(at - now);
      now = at;
      await happens();
    }
    await Promise.all(later);
    await Promise.all(Array.from(this.#talkers.values(), ({ ended }) => ended));
    return `${signal} after ${killAfter} ms`;
  }

  /** An end that was asked for takes less than ten seconds and is no failure. */
  async #end(signal: NodeJS.Signals): Promise<void> {
    const begun = performance.now();
    const code = await this.#server.end(signal);
    const ms = Math.round(performance.now() - begun);
    if (signal === "SIGTERM" && (code !== 0 || ms > 10_000))
      this.ledger.fault(`the server ended with ${code} after ${ms} ms`);
  }

  /** Everybody hears what there is for them: most go on with the session that they had. Gives how many do. */
  async comeBack(): Promise<number> {
    const { port } = this.#server.process;
    let resumed = 0;
    const back = async (name: string): Promise<void> => {
      const before = this.#talkers.get(name);
      if (before?.managed && this.#chance.integer(0, 4) > 0 && (await before.resume(port))) resumed++;
      else await this.#login(name, this.#chance.integer(0, 1) > 0);
    };
    await Promise.all(everybody.map(back));
    // What one sends again is for another, so that nobody has heard all before everybody has.
    for (let times = 0; times < 2; times++)
      await Promise.all(Array.from(this.#talkers.values(), (talker) => talker.hearAll()));
    await Promise.all(Array.from(this.#talkers.values(), (talker) => talker.close()));
    return resumed;
  }

  async check(): Promise<readonly string[]> {
    const { port } = this.#server.process;
    const since = new Date(this.#began.getTime() - 1000);
    await Promise.all(
      everybody.map(async (name) => this.ledger.checkArchive(name, await archived(port, name, since))),
    );
    return this.ledger.check();
  }

  async #login(name: string, managed: boolean): Promise<void> {
    const others = everybody.filter((other) => other !== name);
    const parts = { name, others, ledger: this.ledger, chance: this.#chance.fork() };
    const talker = await new Talker(parts, managed).login(this.#server.process.port);
    this.#talkers.set(name, talker);
  }

  async #leave(name: string): Promise<void> {
    await this.#talkers.get(name)!.close();
    this.#talkers.delete(name);
  }

  async #cut(name: string): Promise<void> {
    const { port } = this.#server.process;
    const talker = this.#talkers.get(name)!;
    if (!talker.managed) return;
    await talker.cut();
    if (await talker.resume(port)) talker.talk();
  }
}
