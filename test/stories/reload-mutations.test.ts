import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { mutate, numbers } from "../support/mutations.ts";
import { child, Romeo, text } from "../support/romeo.ts";
import { TestServer } from "../support/server.ts";

const FILES = Number(process.env["MUTATED_FILES"] ?? 200);
const SEED = Number(process.env["MUTATION_SEED"] ?? 20_260_731);

const configuration = `
admins: [romeo@h.test]
acl:
  banned: { user: [eve, "mallory@h.test"] }
  near: { ip: [127.0.0.0/8, "::1"] }
access_rules:
  c2s: [{ deny: banned }, allow]
  here: { allow: near }
shaper: { normal: { rate: 30000, burst_size: 200000 }, fast: 1000000 }
shaper_rules:
  speed: { fast: admin, normal: all }
  max_user_sessions: { 20: admin, 10: all }
limits:
  before_login: { login_timeout: 1 minute }
  client: { rate: 100 KB, resources: 10 }
host_config:
  h.test: { access: c2s }
extensions:
  register: { access: here, interval: 5 minutes }
  vcard: { size: 64 KiB }
`;

/** Messages from one to the other without end, each answered by the next: resolves with how many once \`over\`. */
async function talk(from: Romeo, to: Romeo, over: () => boolean): Promise<number> {
  let count = 0;
  for (let n = 0; !over(); n += 20) {
    const numbered = Array.from({ length: 20 }, (_, index) => String(n + index));
    for (const body of numbered)
      from.send(`<message to='${to.jid}' type='chat' id='${body}'><body>${body}</body></message>`);
    for (const body of numbered) assert.equal(text(child(await to.expect("message"), "body")!), body);
    count += numbered.length;
  }
  return count;
}

test(`${FILES} mutated files under load drop no session`, async (t) => {
  t.diagnostic(`MUTATION_SEED=${SEED}`);
  const server = await TestServer.start({ accounts: ["romeo", "juliet"], configuration });
  try {
    const [romeo, juliet] = [await Romeo.login(server, "romeo"), await Romeo.login(server, "juliet")];
    const original = readFileSync(server.file, "utf8");
    const before = numbers(SEED);
    let over = false;
    const talking = talk(romeo, juliet, () => over);
    const outcomes = { taken: 0, refused: 0 };
    for (let n = 0; n < FILES; n++) {
      const mutated = mutate(original, before);
      writeFileSync(server.file, mutated);
      // A host that a mutation has renamed would end its sessions rightly.
      const plan = await server.running.configuration.plan().catch(() => undefined);
      if (plan !== undefined && plan.ending > 0) continue;
      try {
        await server.running.configuration.reload();
        outcomes.taken++;
      } catch (error) {
        assert.ok(
          (error as Error).name === "ConfigurationError" || (error as Error).name === "RestartNeeded",
          `${error}\n${mutated}`,
        );
        assert.match((error as Error).message, /tercet\.yml/);
        outcomes.refused++;
      }
    }
    over = true;
    t.diagnostic(`${JSON.stringify(outcomes)}, ${await talking} messages meanwhile`);
    assert.ok(outcomes.taken > FILES / 20 && outcomes.refused > FILES / 5, JSON.stringify(outcomes));
    writeFileSync(server.file, original);
    await server.running.configuration.reload();
    await romeo.sync();
    await juliet.sync();
    const { listeners } = server.running;
    const tlsPort = listeners.find(({ service }) => service === "client-tls")!.port;
    await (await Romeo.login({ host: server.host, tlsPort }, "romeo")).close();
    assert.deepEqual(server.errors, []);
  } finally {
    await server.stop();
  }
});
