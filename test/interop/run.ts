// Runs every client against a server, prints what each step saw and ends with the figures.
//   node test/interop/run.ts [client …]      INTEROP_SERVER=prosody   INTEROP_INSTALL=0
import { spawnSync } from "node:child_process";
import { clients } from "./clients.ts";
import { type Account, ReferencePeer } from "./reference-peer.ts";
import type { ClientTest, Context } from "./scenario.ts";
import { type ServerName, type ServerUnderTest, startServer } from "./servers.ts";
import { Workspace } from "./workspace.ts";

const counts = { passed: 0, failed: 0, skipped: 0 };
const domain = "localhost";

function account(user: string, password: string): Account {
  return { user, domain, password, jid: `${user}@${domain}` };
}

function print(state: "ok" | "FAIL" | "skip" | "run", client: string, step: string, seen: string): void {
  console.log(`${state.padEnd(4)} ${client.padEnd(12)} ${step.padEnd(15)} ${seen}`);
}

async function steps(client: ClientTest, context: Omit<Context, "step">, signal: AbortSignal): Promise<void> {
  await client.run({
    ...context,
    async step(name, check) {
      signal.throwIfAborted();
      const start = performance.now();
      try {
        const seen = await check();
        signal.throwIfAborted();
        counts.passed += 1;
        print("ok", client.name, name, `${seen} (${Math.round(performance.now() - start)} ms)`);
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  });
}

async function test(client: ClientTest, server: ServerUnderTest): Promise<void> {
  const word = client.name.toLowerCase().replace(/[^a-z]/g, "");
  await using workspace = new Workspace(word);
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not done after ${client.seconds} s`));
      abort.abort(new Error("the time is over"));
    }, client.seconds * 1000);
  });
  try {
    const other = account(`${word}-user1`, "pass one");
    await server.register(other);
    const peer = await ReferencePeer.login(server, other);
    workspace.atEnd(() => peer.close());
    peer.send("<presence/>");
    const context = { server, workspace, peer, account: account(`${word}-user2`, "pass-two") };
    const running = steps(client, context, abort.signal);
    running.catch(() => undefined);
    await Promise.race([running, late]);
  } catch (error) {
    counts.failed += 1;
    print("FAIL", client.name, "", error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** The version, or undefined when the client or what it is driven by is not installed. */
function installedVersion({ version: [command, ...args], needs }: ClientTest): string | undefined {
  for (const need of needs ?? []) {
    if (spawnSync("sh", ["-c", 'command -v "$0"', need]).status !== 0) return undefined;
  }
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 20_000 });
  return status === 0 ? (stdout || stderr).trim().split("\n", 1)[0] : undefined;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !clients.some((client) => client.name === name));
  if (unknown.length > 0)
    throw new Error(`no client ${unknown.join(", ")}; known: ${clients.map((c) => c.name).join(", ")}`);
  await using server = await startServer((process.env.INTEROP_SERVER ?? "tercet") as ServerName);
  for (const client of clients) {
    if (wanted.length > 0 && !wanted.includes(client.name)) continue;
    const version = installedVersion(client);
    if (version !== undefined) {
      print("run", client.name, "", version);
      await test(client, server);
    } else if (process.env.INTEROP_INSTALL === "0") {
      counts.skipped += 1;
      print("skip", client.name, "", "not installed");
    } else {
      counts.failed += 1;
      print("FAIL", client.name, "", "not installed; see test/interop/packages.txt");
    }
  }
  if (counts.failed > 0 && process.env.INTEROP_LOG !== undefined) console.log(server.log());
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
await main();
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed > 0 ? 1 : 0;
