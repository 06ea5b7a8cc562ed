import assert from "node:assert/strict";
import type { TLSSocket } from "node:tls";
import { RawStream } from "../../support/raw-stream.ts";
import { bind, child, condition, type Element, text } from "../../support/romeo.ts";
import { fromBase64, ScramClient, type ScramClientOptions, toBase64 } from "../../support/scram-client.ts";
import { type Arena, type Code, turn } from "../arena.ts";
import { endedWell } from "../play.ts";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

const right: ScramClientOptions = { hash: "SHA-256", username: "mal", password: "secret" };

async function secure(arena: Arena, options: object = {}): Promise<{ stream: RawStream; features: Element }> {
  const stream = arena.keep(await RawStream.connectTls(arena.server.tlsPort, arena.server.host, options));
  await stream.open();
  return { stream, features: await stream.next() };
}

function plain(stream: RawStream, user: string, password: string): void {
  stream.write(`<auth xmlns='${SASL}' mechanism='PLAIN'>${toBase64(`\0${user}\0${password}`)}</auth>`);
}

/** The challenge to a client's first message. */
async function challenge(stream: RawStream, scram: ScramClient): Promise<string> {
  stream.write(`<auth xmlns='${SASL}' mechanism='${scram.mechanism}'>${toBase64(scram.first())}</auth>`);
  const answer = await stream.next();
  assert.equal(answer.name, "challenge", JSON.stringify(answer));
  return fromBase64(text(answer));
}

/** What an answer is called: `success`, or the condition of the failure. */
async function verdict(stream: RawStream, final: string): Promise<string> {
  stream.write(`<response xmlns='${SASL}'>${toBase64(final)}</response>`);
  return named(await stream.next());
}

function named(answer: Element): string {
  return answer.name === "failure" ? (answer.nodes[0] as Element).name : answer.name;
}

export const threeTries: Code = async (arena) => {
  const { stream } = await secure(arena);
  for (let count = 1; count <= 3; count++) {
    plain(stream, "mal", `wrong ${count}`);
    assert.equal(named(await stream.next()), "not-authorized");
  }
  assert.equal(condition(await stream.next()), "policy-violation");
  await stream.end();
  endedWell(stream);
};

export const delayByAddress: Code = async (arena) => {
  // Each stream is used for one guess: what counts is where they come from.
  let waited = 0;
  for (let count = 1; count <= 6; count++) {
    const { stream } = await secure(arena);
    plain(stream, "mal", "wrong");
    let answer: Element | undefined;
    void stream.next().then((element) => {
      answer = element;
    });
    const came = (): boolean => answer !== undefined;
    for (let turns = 0; turns < 50 && !came(); turns++) await turn(4);
    assert.equal(came(), count <= 3, `guess ${count}`);
    const started = arena.world.monotonic();
    await arena.pass(20, came);
    waited += arena.world.monotonic() - started;
    assert.equal(named(answer!), "not-authorized");
    stream.destroy();
  }
  assert.ok(waited >= 6500, `${waited} ms for six guesses`);
};

export const noLockOut: Code = async (arena) => {
  for (let count = 1; count <= 6; count++) {
    const { stream } = await secure(arena, { localAddress: `127.0.0.${count + 1}` });
    for (let tries = 0; tries < 2; tries++) {
      plain(stream, "mal", "wrong");
      assert.equal(named(await stream.next()), "not-authorized");
    }
  }
  // The owner comes from elsewhere, and at once.
  const { stream } = await secure(arena, { localAddress: "127.0.0.99" });
  plain(stream, "mal", "secret");
  assert.equal(named(await stream.next()), "success");
};

export const alteredNonces: Code = async (arena) => {
  const changes: ((nonce: string) => string)[] = [
    (nonce) => nonce.slice(0, -1),
    (nonce) => `${nonce}x`,
    (nonce) => nonce.slice(0, 24),
    (nonce) => nonce.slice(24),
    (nonce) => nonce.toUpperCase(),
  ];
  for (const repeat of changes) {
    const { stream } = await secure(arena);
    const scram = new ScramClient({ ...right, repeat });
    assert.equal(await verdict(stream, scram.final(await challenge(stream, scram))), "not-authorized");
    arena.world.leap(60_000);
  }
};

export const replayedExchange: Code = async (arena) => {
  const nonce = "fyko+d2lbbFgONRv9qkxdawL";
  const scram = new ScramClient({ ...right, nonce });
  const first = await secure(arena);
  const final = scram.final(await challenge(first.stream, scram));
  assert.equal(await verdict(first.stream, final), "success");
  const second = await secure(arena);
  await challenge(second.stream, new ScramClient({ ...right, nonce }));
  assert.equal(await verdict(second.stream, final), "not-authorized");
};

export const wrongChannelBinding: Code = async (arena) => {
  for (const type of ["tls-exporter", "tls-server-end-point"]) {
    for (const data of [Buffer.alloc(32, 7), Buffer.alloc(0)]) {
      const { stream } = await secure(arena);
      const scram = new ScramClient({ ...right, binding: { type, data } });
      assert.equal(await verdict(stream, scram.final(await challenge(stream, scram))), "not-authorized");
      arena.world.leap(60_000);
    }
  }
  // The data of another connection, as somebody in the middle would have.
  const other = await secure(arena);
  const { stream } = await secure(arena);
  assert.equal(await bound(stream, exporter(other.stream)), "not-authorized");
  arena.world.leap(60_000);
  const honest = await secure(arena);
  assert.equal(await bound(honest.stream, exporter(honest.stream)), "success");
};

function exporter(stream: RawStream): Buffer {
  return (stream.socket as TLSSocket).exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0));
}

async function bound(stream: RawStream, data: Buffer): Promise<string> {
  const scram = new ScramClient({ ...right, binding: { type: "tls-exporter", data } });
  return verdict(stream, scram.final(await challenge(stream, scram)));
}

export const alteredFinals: Code = async (arena) => {
  const changes: readonly (readonly [string, (final: string) => string])[] = [
    ["not-authorized", (final) => final.replace(/^c=[^,]+/, `c=${toBase64("y,,")}`)],
    ["not-authorized", (final) => final.replace(/p=.*/, `p=${Buffer.alloc(32).toString("base64")}`)],
    ["not-authorized", (final) => final.replace(/p=.*/, "p=AAAA")],
    ["not-authorized", (final) => final.replace(",p=", ",x=1,p=")],
    ["malformed-request", (final) => final.replace(",p=", ",p=AAAA,p=")],
    ["malformed-request", (final) => final.replace(",p=", ",m=1,p=")],
    ["malformed-request", (final) => final.replace(/,p=.*/, "")],
    ["malformed-request", (final) => final.replace(/^c=/, "i=1,c=")],
    ["malformed-request", (final) => final.replace(/p=.*/, "p=====")],
  ];
  for (const [expected, change] of changes) {
    const { stream } = await secure(arena);
    const scram = new ScramClient(right);
    const final = change(scram.final(await challenge(stream, scram)));
    assert.equal(await verdict(stream, final), expected, final);
    stream.destroy();
    arena.world.leap(60_000);
  }
};

export const plausibleSalts: Code = async (arena) => {
  const known = await saltOf(arena, "mal");
  const seen = new Set<string>();
  for (let count = 0; count < 12; count++) {
    const [one, two] = [await saltOf(arena, `missing${count}`), await saltOf(arena, `missing${count}`)];
    assert.deepEqual(one, two);
    assert.equal(one.iterations, known.iterations);
    assert.equal(one.salt.length, known.salt.length);
    seen.add(one.salt);
    arena.world.leap(60_000);
  }
  assert.equal(seen.size, 12);
  // The same account has the same salt, however its name is written.
  assert.deepEqual(await saltOf(arena, "MISSING0"), await saltOf(arena, "missing0"));
};

async function saltOf(arena: Arena, username: string): Promise<{ salt: string; iterations: string }> {
  const { stream } = await secure(arena);
  const first = await challenge(stream, new ScramClient({ ...right, username }));
  stream.destroy();
  const attributes = new Map(first.split(",").map((part) => [part[0], part.slice(2)]));
  return { salt: attributes.get("s")!, iterations: attributes.get("i")! };
}

/** What the features show. */
function advertised(features: Element): { mechanisms: string[]; bindings: string[] } {
  const list = (name: string): Element[] =>
    (child(features, name)?.nodes ?? []).filter((node) => typeof node !== "string");
  return {
    mechanisms: list("mechanisms").map(text),
    bindings: list("sasl-channel-binding").map(({ attributes }) => attributes["type"]!),
  };
}

export const downgradeHash: Code = async (arena) => {
  const { stream, features } = await secure(arena);
  const seen = advertised(features);
  const honest = new ScramClient({ ...right, advertised: seen });
  assert.equal(await verdict(stream, honest.final(await challenge(stream, honest))), "success");
  // Somebody between the two takes the strong ones out.
  const weak = { ...seen, mechanisms: seen.mechanisms.filter((name) => !name.endsWith("-PLUS")) };
  assert.notDeepEqual(weak, seen);
  const second = await secure(arena);
  const deceived = new ScramClient({ ...right, advertised: weak });
  const first = await challenge(second.stream, deceived);
  assert.throws(() => deceived.final(first), /what was advertised/);
};

export const unguessableIds: Code = async (arena) => {
  const bits = new Map<number, number>();
  const seen = new Set<string>();
  for (let count = 0; count < 60; count++) {
    const stream = arena.keep(await RawStream.connect(arena.server.port, arena.server.host));
    const id = (await stream.open()).attributes["id"]!;
    stream.destroy();
    assert.match(id, /^[0-9a-f]{32}$/);
    seen.add(id);
    for (const [index, byte] of Buffer.from(id, "hex").entries()) {
      for (let bit = 0; bit < 8; bit++)
        bits.set(index * 8 + bit, (bits.get(index * 8 + bit) ?? 0) + ((byte >> bit) & 1));
    }
  }
  assert.equal(seen.size, 60);
  // Seven standard deviations: a bit that stands still would be far outside.
  for (const [bit, ones] of bits)
    assert.ok(Math.abs(ones - 30) < 28, `bit ${bit} is set ${ones} times of 60`);
};

export const namesLikeAdmin: Code = async (arena) => {
  for (const name of ["ＡＤＭＩＮ", "Admin", "admin\u200b", "admin ", "ⓐdmin", "admin@h.test"]) {
    const { exit, out } = await arena.server.command("register", name, "h.test", "secret");
    assert.notEqual(exit, 0, `${JSON.stringify(name)} was registered: ${out}`);
  }
  const users = (await arena.server.command("registered_users", "h.test")).out.split("\n");
  assert.deepEqual(
    users.filter((user) => /dm/i.test(user.normalize("NFKC"))),
    ["admin"],
  );
  const { stream } = await secure(arena);
  plain(stream, "ＡＤＭＩＮ", "secret");
  assert.equal(named(await stream.next()), "success");
  await stream.open();
  assert.match(await bind(stream), /^admin@h\.test\//);
};
