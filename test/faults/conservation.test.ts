// Every stanza that goes in has exactly one outcome, and the counters that commands show say so. SEED in the environment repeats a run.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RawStream } from "../support/raw-stream.ts";
import { bind } from "../support/romeo.ts";
import { Chance } from "./chance.ts";
import { FaultyServer } from "./faulty-server.ts";
import { Ledger } from "./ledger.ts";
import { Management } from "./management.ts";
import { plainLogin } from "./plain-client.ts";

const ONLINE = ["a", "b", "c", "d", "e", "f"] as const;
const STANZAS = 400;

/** What a client writes, by what must become of it; for `any` that depends on the moment. */
const kinds: Readonly<Record<string, readonly ((n: number, me: string, other: string) => string)[]>> = {
  answered: [
    (n) => `<iq type='get' id='${n}' to='h.test'><ping xmlns='urn:xmpp:ping'/></iq>`,
    (n) => `<iq type='get' id='${n}'><query xmlns='jabber:iq:roster'/></iq>`,
    (n) => `<iq type='get' id='${n}' to='h.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
  ],
  stored: [(n) => `<message to='offline@h.test' type='chat' id='${n}'><body>${n}</body></message>`],
  "bounced:service-unavailable": [
    (n) => `<message to='nobody@h.test' type='chat' id='${n}'><body>${n}</body></message>`,
    (n) => `<message to='hermit@h.test' type='chat' id='${n}'><body>${n}</body></message>`,
    (n) => `<iq type='get' id='${n}' to='h.test'><query xmlns='urn:test:unknown'/></iq>`,
    (n, me) => `<iq type='get' id='${n}' to='${me}@h.test/gone'><ping xmlns='urn:xmpp:ping'/></iq>`,
  ],
  "bounced:remote-server-not-found": [
    (n) => `<message to='x@elsewhere.test' type='chat' id='${n}'><body>${n}</body></message>`,
  ],
  "bounced:jid-malformed": [(n) => `<message to='@@@' type='chat' id='${n}'><body>${n}</body></message>`],
  "bounced:bad-request": [(n) => `<iq type='get' id='${n}' to='h.test'/>`],
  "dropped:unanswerable": [(n) => `<message to='nobody@h.test' type='error' id='${n}'/>`],
  any: [
    (n) => `<iq type='result' id='${n}' to='h.test'/>`,
    (n, _me, other) => `<message to='${other}@h.test' type='chat' id='${n}'><body>${n}</body></message>`,
    (n, _me, other) => `<message to='${other}@h.test/r' type='normal' id='${n}'><body>${n}</body></message>`,
    (n, _me, other) => `<message to='${other}@h.test' type='headline' id='${n}'><body>${n}</body></message>`,
    (n, _me, other) =>
      `<message to='${other}@h.test' type='chat' id='${n}'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    (n, _me, other) => `<presence to='${other}@h.test/r' id='${n}'/>`,
    (n, _me, other) => `<presence to='${other}@h.test' type='subscribe' id='${n}'/>`,
    (n, _me, other) => `<presence to='${other}@h.test' type='subscribed' id='${n}'/>`,
    (n) => `<presence id='${n}'><priority>${n % 3}</priority></presence>`,
    (n, _me, other) =>
      `<iq type='get' id='${n}' to='${other}@h.test/r'><query xmlns='jabber:iq:version'/></iq>`,
    (n, _me, other) =>
      `<iq type='set' id='${n}'><block xmlns='urn:xmpp:blocking'><item jid='${other}@h.test'/></block></iq>`,
    (n) => `<iq type='set' id='${n}'><unblock xmlns='urn:xmpp:blocking'/></iq>`,
    (n, _me, other) =>
      `<iq type='set' id='${n}'><query xmlns='jabber:iq:roster'><item jid='${other}@h.test'/></query></iq>`,
  ],
};

/** A client that writes stanzas at random, with stream management, and now and then loses its connection and resumes. */
class Writer {
  /** How many of each kind. */
  readonly sent = new Map<string, number>();
  readonly #server: FaultyServer;
  readonly #name: string;
  readonly #chance: Chance;
  readonly #management: Management;
  #stream!: RawStream;
  #reading!: Promise<void>;

  constructor(server: FaultyServer, name: string, chance: Chance, ledger: Ledger) {
    this.#server = server;
    this.#name = name;
    this.#chance = chance;
    this.#management = new Management({ name, ledger, chance: chance.fork() });
  }

  async login(): Promise<void> {
    const stream = await plainLogin(this.#server.process.port, this.#name);
    await bind(stream, "r");
    await this.#management.enable(stream);
    this.#begin(stream);
    this.#send("any", "<presence/>");
  }

  async write(count: number): Promise<void> {
    const names = Object.keys(kinds);
    for (let n = 1; n <= count; n++) {
      // Half of it among each other.
      const kind = this.#chance.integer(0, 1) === 0 ? "any" : this.#chance.pick(names);
      const others = ONLINE.filter((name) => name !== this.#name);
      this.#send(kind, this.#chance.pick(kinds[kind]!)(n, this.#name, this.#chance.pick(others)));
      if (this.#chance.integer(0, 9) === 0) this.#management.ask(this.#stream);
      if (this.#chance.integer(0, 19) === 0) await sleep(this.#chance.integer(0, 10));
      if (this.#chance.integer(0, 79) === 0) await this.#loseConnection();
    }
  }

  /** Resolves when everything is acknowledged; the session is over then. */
  async finish(): Promise<void> {
    while (this.#management.waiting > 0) {
      if (this.#stream.gone)
        throw new Error(`the stream of ${this.#name} has ended: ${this.#stream.received.slice(-500)}`);
      this.#management.ask(this.#stream);
      await sleep(10);
    }
    this.#stream.write("</stream:stream>");
    await this.#reading;
  }

  #send(kind: string, xml: string): void {
    this.sent.set(kind, (this.sent.get(kind) ?? 0) + 1);
    this.#management.sent(xml, undefined);
    this.#stream.write(xml);
  }

  #begin(stream: RawStream): void {
    this.#stream = stream;
    this.#reading = this.#read(stream);
  }

  /** What was not handled by then is sent again: the server says how much that is. */
  async #loseConnection(): Promise<void> {
    this.#stream.destroy();
    await this.#reading;
    const stream = await plainLogin(this.#server.process.port, this.#name);
    assert.ok(await this.#management.resume(stream), "the session is gone");
    this.#begin(stream);
    this.#management.sendAgain(stream);
  }

  async #read(stream: RawStream): Promise<void> {
    for (;;) {
      const element = await stream.next().catch(() => undefined);
      if (element === undefined) return;
      this.#management.take(element, stream);
    }
  }
}

async function outcomesOf(server: FaultyServer): Promise<Map<string, number>> {
  const { out } = await server.command("outcomes");
  const rows = out
    .trim()
    .split("\n")
    .map((line) => line.split("\t"));
  return new Map(rows.map(([name, count]) => [name!, Number(count)]));
}

test("under load with errors, blocks, people who are offline, lost connections and resumptions", async (t) => {
  const chance = new Chance(Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32)));
  t.diagnostic(`seed ${chance.seed}`);
  await using server = await FaultyServer.make().start();
  await server.register(...ONLINE, "offline", "hermit");
  // Whoever writes to the hermit is blocked.
  const hermit = await plainLogin(server.process.port, "hermit");
  await bind(hermit, "r");
  const items = ONLINE.map((name) => `<item jid='${name}@h.test'/>`).join("");
  hermit.write(`<iq type='set' id='block'><block xmlns='urn:xmpp:blocking'>${items}</block></iq>`);
  await hermit.find(({ attributes }) => attributes["id"] === "block", "the answer");
  const ledger = new Ledger("");
  const writers = ONLINE.map((name) => new Writer(server, name, chance.fork(), ledger));
  await Promise.all(writers.map((writer) => writer.login()));
  await Promise.all(writers.map((writer) => writer.write(STANZAS)));
  await Promise.all(writers.map((writer) => writer.finish()));
  assert.deepEqual(ledger.check(), []);
  const ended = await outcomesOf(server);
  const sent = (kind: string): number =>
    writers.reduce((sum, writer) => sum + (writer.sent.get(kind) ?? 0), 0);
  const all = 1 + Object.keys(kinds).reduce((sum, kind) => sum + sent(kind), 0);
  assert.equal((await server.command("stats", "stanzas")).out, `${all}\n`);
  assert.equal(
    [...ended.values()].reduce((sum, count) => sum + count, 0),
    all,
  );
  for (const kind of Object.keys(kinds)) {
    if (kind === "any") continue;
    const { [kind]: count = 0 } = Object.fromEntries(ended);
    assert.ok(count >= sent(kind), `${kind}: ${sent(kind)} were sent, ${count} are counted`);
  }
  // Nothing of what depends on the moment can end in these.
  for (const kind of ["bounced:remote-server-not-found", "bounced:jid-malformed", "bounced:bad-request"])
    assert.equal(ended.get(kind), sent(kind), kind);
  t.diagnostic([...ended].map(([name, count]) => `${name} ${count}`).join(", "));
});
