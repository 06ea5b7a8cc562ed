import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AuthFixtureOptions,
  authFixture,
  END_POINT,
  EXPORTER,
  saslChannel,
  tlsFacts,
} from "../../test/support/auth-fixture.ts";
import {
  clientOf,
  converse,
  EVERY,
  firstAnswer,
  logIn,
  outcome,
  plain,
  withAlice,
} from "../../test/support/sasl-logins.ts";
import type { ScramClient } from "../../test/support/scram-client.ts";
import type { SaslChannel, SaslStep } from "../kernel/authentication.ts";
import { SCRAM_HASHES, type ScramHash } from "./primitives.ts";

test("a nonce that was altered, cut or used before is not-authorized", async () => {
  const fixture = await withAlice();
  let first = "";
  const changes: readonly ((final: string) => string)[] = [
    (final) => final.replace(/,r=./, ",r=!"),
    (final) => final.replace(/.,p=/, ",p="),
    (final) => final.replace(",p=", "x,p="),
    (final) => final.replace(/,r=[^,]+/, ",r=abc"),
  ];
  for (const change of changes)
    assert.equal(outcome(await logIn(fixture, clientOf(), { change })), "not-authorized");
  const again = (): ScramClient => clientOf({ nonce: "always-the-same-nonce" });
  const keep = (final: string): string => {
    first = final;
    return final;
  };
  const replay = authFixture({ storage: fixture.storage });
  assert.equal(outcome(await logIn(replay, again(), { change: keep })), "success");
  assert.equal(outcome(await logIn(replay, again(), { change: () => first })), "not-authorized");
});

test("another nonce is not-authorized even when the proof agrees with it", async () => {
  const fixture = await withAlice();
  const repeats = [() => "abc", (nonce: string) => nonce.slice(0, -1), (nonce: string) => `${nonce}x`];
  for (const repeat of repeats)
    assert.equal(outcome(await logIn(fixture, clientOf({ repeat }))), "not-authorized");
});

test("channel binding data that is not this channel's is not-authorized", async () => {
  const fixture = await withAlice();
  const table: readonly (readonly [string, Uint8Array])[] = [
    ["tls-exporter", END_POINT],
    ["tls-server-end-point", EXPORTER],
    ["tls-exporter", EXPORTER.subarray(1)],
    ["tls-exporter", Buffer.alloc(0)],
    ["tls-unique", EXPORTER],
  ];
  for (const [type, data] of table) {
    const client = clientOf({ binding: { type, data } });
    const step = await converse(fixture.authentication, saslChannel(), client.mechanism, [
      () => client.first(),
      (challenge) => client.final(challenge),
    ]);
    assert.equal(outcome(step), "not-authorized", type);
  }
});

test("a GS2 header that changes between the messages is not-authorized", async () => {
  const fixture = await withAlice();
  const pretending = clientOf({ flag: "y" });
  const step = await converse(fixture.authentication, saslChannel(), "SCRAM-SHA-256", [
    // The man in the middle turns "y" into "n", to hide that he took -PLUS out of the offer.
    () => pretending.first().replace(/^y/, "n"),
    (challenge) => pretending.final(challenge),
  ]);
  assert.equal(outcome(step), "not-authorized");
});

test("a proof of other iterations, other salt or other length is not-authorized", async () => {
  const fixture = await withAlice();
  const swaps: readonly ((challenge: string) => string)[] = [
    (challenge) => challenge.replace(/,i=\d+/, ",i=1"),
    (challenge) => challenge.replace(/,s=[^,]+/, ",s=AAAAAAAAAAAAAAAAAAAAAA=="),
    (challenge) => challenge.replace(/,h=[^,]+/, ""),
  ];
  for (const swap of swaps) {
    const client = clientOf();
    const step = await converse(fixture.authentication, saslChannel(), "SCRAM-SHA-256", [
      () => client.first(),
      (challenge) => client.final(swap(challenge)),
    ]);
    assert.equal(outcome(step), "not-authorized");
  }
  for (const proof of ["AAAA", Buffer.alloc(33).toString("base64"), Buffer.alloc(32).toString("base64")]) {
    const other = authFixture({ storage: fixture.storage });
    const change = (final: string): string => final.replace(/,p=.*/, `,p=${proof}`);
    assert.equal(outcome(await logIn(other, clientOf(), { change })), "not-authorized");
  }
});

// XEP-0474 §6.1; the values were computed with Python's hashlib, the first text is the example of §6.3.

// XEP-0474 §6.1; the values were computed with Python's hashlib, the first text is the example of §6.3.
test("the first challenge signs what was advertised", async () => {
  const known = "cmRT/9v5sjTgX+ft+hYhsOha8IkhRW2KxNFPJvcbHUA=";
  const unbound = saslChannel({ tls: tlsFacts({ exporter: () => undefined, endPoint: () => undefined }) });
  const example = ["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"];
  const disabled = EVERY.filter((name) => !example.includes(name)) as never[];
  const table: readonly (readonly [AuthFixtureOptions, SaslChannel, ScramHash, string | undefined])[] = [
    [{ authentication: { disabled } }, saslChannel(), "SHA-1", "G6k/rBLDqgOhRRaCuuatSDFkJ08="],
    [{}, saslChannel(), "SHA-256", known],
    [{}, unbound, "SHA-256", "ujUIheeDniyREoOqPQKcpjkxnvYpJ3onwESOHqpFE7g="],
    [{ authentication: { downgradeProtection: false } }, saslChannel(), "SHA-256", undefined],
  ];
  for (const [options, channel, hash, expected] of table) {
    const { authentication } = authFixture(options);
    const step = await converse(authentication, channel, `SCRAM-${hash}`, [() => "n,,n=alice,r=abc"]);
    assert.equal(step.kind, "challenge");
    const challenge = step.kind === "challenge" ? Buffer.from(step.data, "base64").toString() : "";
    assert.equal(/,i=\d+(?:,h=([^,]+))?$/.exec(challenge)?.[1], expected);
  }
});

test("a client sees that somebody took mechanisms or bindings out of the offer", async () => {
  const fixture = await withAlice();
  const bindings = ["tls-exporter", "tls-server-end-point"];
  for (const advertised of [
    { mechanisms: EVERY.filter((name) => name !== "SCRAM-SHA-256-PLUS"), bindings },
    { mechanisms: EVERY, bindings: ["tls-server-end-point"] },
  ])
    await assert.rejects(logIn(fixture, clientOf({ advertised })), /what was advertised/);
});

test("missing accounts get plausible challenges that stay the same", async () => {
  const fixture = await withAlice();
  const real = await firstAnswer(fixture, "alice", "SHA-256");
  const seen = new Set<string>();
  for (let number = 0; number < 100; number += 1) {
    const once = await firstAnswer(fixture, `user${number}`, "SHA-256");
    const twice = await firstAnswer(fixture, `user${number}`, "SHA-256");
    assert.equal(once.rest, twice.rest);
    assert.notEqual(once.nonce, twice.nonce);
    assert.equal(once.rest.replace(/^s=[^,]+/, ""), real.rest.replace(/^s=[^,]+/, ""));
    assert.equal(once.rest.length, real.rest.length);
    seen.add(once.rest);
  }
  assert.equal(seen.size, 100);
  const restarted = authFixture({ storage: fixture.storage });
  assert.ok(seen.has((await firstAnswer(restarted, "user7", "SHA-256")).rest));
  const salts = await Promise.all(SCRAM_HASHES.map((hash) => firstAnswer(fixture, "user7", hash)));
  assert.equal(new Set(salts.map(({ rest }) => rest.split(",")[0])).size, 3);
});

test("an existing and a missing account cost the same work", async () => {
  const fixture = await withAlice();
  const { storage, work } = fixture;
  const cost = async (attempt: () => Promise<SaslStep>): Promise<readonly number[]> => {
    const before = { ...work, reads: storage.reads };
    assert.equal(outcome(await attempt()), "not-authorized");
    return [
      work.digest - before.digest,
      work.hmac - before.hmac,
      work.pbkdf2 - before.pbkdf2,
      storage.reads - before.reads,
    ];
  };
  await firstAnswer(fixture, "alice", "SHA-1");
  for (const hash of SCRAM_HASHES) {
    const there = await cost(() => logIn(fixture, clientOf({ hash, password: "wrong" })));
    const missing = await cost(() =>
      logIn(fixture, clientOf({ hash, username: "nobody", password: "wrong" })),
    );
    assert.deepEqual(missing, there);
    assert.ok(there[0]! > 0 && there[1]! > 0);
  }
  const there = await cost(() => plain(fixture, "\0alice\0wrong"));
  const missing = await cost(() => plain(fixture, "\0nobody\0wrong"));
  assert.deepEqual(missing, there);
  assert.equal(there[2], 1);
});

test("the server's nonces hold 128 bits at least and do not come twice", async () => {
  const fixture = authFixture();
  const seen = new Set<string>();
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const { nonce } = await firstAnswer(fixture, "nobody", "SHA-1");
    assert.match(nonce, /^[A-Za-z0-9+/]{22,}$/);
    seen.add(nonce);
  }
  assert.equal(seen.size, 1000);
});
