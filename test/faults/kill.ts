// Kills a server again and again while clients write to each other, and checks after each start that nothing acknowledged is lost.
//   node test/faults/kill.ts [--rounds N] [--seed S]
// Prints the seed; the same seed draws the same plan, though not the same moment within the server. The last line counts the rounds.

import { parseArgs } from "node:util";
import { Chance } from "./chance.ts";
import { FaultyServer } from "./faulty-server.ts";
import { everybody, killRound } from "./kill-round.ts";

/** Messages of so many rounds at most are in one database. */
const ROUNDS_PER_SERVER = 100;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { rounds: { type: "string" }, seed: { type: "string" } } });
  const rounds = Number(values.rounds ?? 30);
  const chance = new Chance(Number(values.seed ?? Math.floor(Math.random() * 2 ** 32)));
  console.log(`seed ${chance.seed}, ${rounds} rounds`);
  let failed = 0;
  for (let done = 0; done < rounds; done += ROUNDS_PER_SERVER) {
    const last = Math.min(rounds, done + ROUNDS_PER_SERVER);
    await using server = FaultyServer.make();
    await server.start();
    await server.register(...everybody);
    for (let round = done + 1; round <= last; round++) {
      const { faults, line } = await killRound(server, chance, `r${round}`);
      console.log(`${round}: ${line}`);
      for (const fault of faults.slice(0, 20)) console.log(`   FAULT ${fault}`);
      if (faults.length > 0) failed++;
    }
  }
  console.log(`seed ${chance.seed}\n${rounds - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
