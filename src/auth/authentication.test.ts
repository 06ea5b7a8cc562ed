import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { authFixture, END_POINT, EXPORTER, saslChannel, tlsFacts } from "../../test/support/auth-fixture.ts";
import {
  alice,
  clientOf,
  EVERY,
  firstAnswer,
  logIn,
  outcome,
  plain,
  withAlice,
} from "../../test/support/sasl-logins.ts";
import { jid } from "../../test/support/stanzas.ts";
import type { SaslChannel } from "../kernel/authentication.ts";
import { StorageError } from "../kernel/storage.ts";
import { preparePassword } from "../xmpp/precis.ts";
import { SCRAM_HASHES } from "./primitives.ts";

const clear = saslChannel({ tls: undefined });

test("mechanisms stand strongest first, with what the channel can bind to", () => {
  const { authentication } = authFixture();
  const endPointOnly = saslChannel({ tls: tlsFacts({ exporter: () => undefined }) });
  const unbound = saslChannel({ tls: tlsFacts({ exporter: () => undefined, endPoint: () => undefined }) });
  const loopback = saslChannel({ tls: undefined, insecureAllowed: true, remoteAddress: "127.0.0.1" });
  const table: readonly (readonly [SaslChannel, readonly string[], readonly string[]])[] = [
    [saslChannel(), EVERY, ["tls-exporter", "tls-server-end-point"]],
    [endPointOnly, EVERY, ["tls-server-end-point"]],
    [unbound, EVERY.slice(3), []],
    [loopback, EVERY.slice(3), []],
    [clear, [], []],
  ];
  for (const [channel, mechanisms, bindings] of table) {
    assert.deepEqual(authentication.mechanisms(channel), mechanisms);
    assert.deepEqual(authentication.channelBindings(channel), bindings);
  }
});

test("mechanisms that are not there, not enabled or not possible here are refused by name", async () => {
  const { authentication } = authFixture({ authentication: { disabled: ["PLAIN"] } });
  const unbound = saslChannel({ tls: tlsFacts({ exporter: () => undefined, endPoint: () => undefined }) });
  assert.equal(authentication.mechanisms(saslChannel()).includes("PLAIN"), false);
  const table: readonly (readonly [SaslChannel, string, string])[] = [
    [saslChannel(), "ANONYMOUS", "invalid-mechanism"],
    [saslChannel(), "DIGEST-MD5", "invalid-mechanism"],
    [saslChannel(), "EXTERNAL", "invalid-mechanism"],
    [saslChannel(), "scram-sha-256", "invalid-mechanism"],
    [saslChannel(), "", "invalid-mechanism"],
    [saslChannel(), "__proto__", "invalid-mechanism"],
    [saslChannel(), "PLAIN", "invalid-mechanism"],
    [unbound, "SCRAM-SHA-256-PLUS", "invalid-mechanism"],
    [clear, "SCRAM-SHA-256", "encryption-required"],
    [clear, "PLAIN", "invalid-mechanism"],
  ];
  for (const [channel, mechanism, expected] of table) {
    const { exchange, step } = authentication.begin(channel, mechanism, "AHgAeA==");
    assert.equal(outcome(await step), expected, mechanism);
    assert.equal(outcome(await exchange.step("AHgAeA==")), "malformed-request");
  }
  const other = authFixture();
  assert.equal(outcome(await plain(other, "\0alice\0secret", clear)), "encryption-required");
  assert.deepEqual(other.work, { digest: 0, hmac: 0, pbkdf2: 0 });
});

test("every mechanism logs in, and the client sees that the server knows the keys", async () => {
  const fixture = await withAlice();
  const advertised = {
    mechanisms: fixture.authentication.mechanisms(saslChannel()),
    bindings: fixture.authentication.channelBindings(saslChannel()),
  };
  const bindings = [
    undefined,
    { type: "tls-exporter", data: EXPORTER },
    { type: "tls-server-end-point", data: END_POINT },
  ];
  for (const hash of SCRAM_HASHES)
    for (const binding of bindings) {
      const client = clientOf({ hash, advertised, ...(binding === undefined ? {} : { binding }) });
      const step = await logIn(fixture, client);
      assert.equal(step.kind, "success", client.mechanism);
      assert.equal(step.kind === "success" && step.mechanism, client.mechanism);
      assert.ok(step.kind === "success" && step.account.equals(alice));
      const final = step.kind === "success" ? Buffer.from(step.data ?? "", "base64").toString() : "";
      assert.ok(client.verify(final), client.mechanism);
    }
  const step = await plain(fixture, "\0alice\0secret");
  assert.deepEqual(step, { kind: "success", account: alice, mechanism: "PLAIN", data: undefined });
});

test("the password that a client prepares otherwise in case or form is another one, the name is not", async () => {
  const fixture = await withAlice();
  assert.equal(outcome(await logIn(fixture, clientOf({ username: "ALICE" }))), "success");
  assert.equal(outcome(await logIn(fixture, clientOf({ password: "Secret" }))), "not-authorized");
  assert.equal(outcome(await plain(fixture, "\0alice\0Secret")), "not-authorized");
});

test("guessing from one address slows down that address and nobody else", async () => {
  const fixture = await withAlice({ authentication: { failureDelay: {} } });
  const wrong = (remoteAddress: string) =>
    logIn(fixture, clientOf({ password: "wrong" }), { channel: saslChannel({ remoteAddress }) });
  for (let attempt = 0; attempt < 3; attempt += 1)
    assert.equal(outcome(await wrong("192.0.2.66")), "not-authorized");
  let answered = false;
  const pbkdf2 = fixture.work.pbkdf2;
  const fourth = plain(fixture, "\0alice\0secret", saslChannel({ remoteAddress: "192.0.2.66" })).finally(
    () => {
      answered = true;
    },
  );
  fixture.world.pass(999);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answered, false);
  assert.equal(fixture.work.pbkdf2, pbkdf2);
  // The owner of the account comes from elsewhere and does not wait.
  assert.equal(outcome(await logIn(fixture, clientOf())), "success");
  fixture.world.pass(1);
  assert.equal(outcome(await fourth), "success");
});

test("only wrong proofs and passwords count as guesses", async () => {
  const fixture = await withAlice({ authentication: { failureDelay: { free: 1 } } });
  const channel = saslChannel();
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await plain(fixture, "nonsense");
    await plain(fixture, "bob@h.test\0alice\0secret");
    await firstAnswer(fixture, "alice", "SHA-256");
    assert.equal(
      outcome(await fixture.authentication.begin(channel, "NONE", undefined).step),
      "invalid-mechanism",
    );
    assert.equal(outcome(await plain(fixture, "\0alice\0secret")), "success");
  }
});

test("a store that fails is a temporary failure and not a guess", async () => {
  const fixture = await withAlice({ authentication: { failureDelay: { free: 1 } } });
  fixture.storage.fault = new StorageError("failed", "disk gone");
  for (let attempt = 0; attempt < 5; attempt += 1) {
    assert.equal(outcome(await logIn(fixture, clientOf())), "temporary-auth-failure");
    assert.equal(outcome(await plain(fixture, "\0alice\0secret")), "temporary-auth-failure");
  }
  assert.equal(fixture.errors.length, 10);
  fixture.storage.fault = undefined;
  assert.equal(outcome(await logIn(fixture, clientOf())), "success");
});

test("credentials that cannot be read are a temporary failure", async () => {
  const fixture = await withAlice();
  fixture.storage.documents.get("credentials")!.set("alice@h.test", Buffer.from('{"version":9}'));
  assert.equal(outcome(await logIn(fixture, clientOf())), "temporary-auth-failure");
  assert.match(String(fixture.errors[0]), /version 9/);
});

test("an account that is removed during the exchange does not get in", async () => {
  const fixture = await withAlice();
  const client = clientOf();
  const begun = fixture.authentication.begin(
    saslChannel(),
    client.mechanism,
    Buffer.from(client.first()).toString("base64"),
  );
  const challenge = await begun.step;
  const text = challenge.kind === "challenge" ? Buffer.from(challenge.data, "base64").toString() : "";
  const final = Buffer.from(client.final(text)).toString("base64");
  await fixture.accounts.remove(alice);
  assert.equal(outcome(await begun.exchange.step(final)), "not-authorized");
});

test("a flood of passwords is turned away before it fills the thread pool", async () => {
  const fixture = await withAlice({ derivation: { concurrency: 1, queue: 2 } });
  const attempts = Array.from({ length: 8 }, (_, index) =>
    plain(fixture, "\0alice\0secret", saslChannel({ remoteAddress: `192.0.2.${index}` })),
  );
  const outcomes = (await Promise.all(attempts)).map(outcome);
  assert.ok(outcomes.includes("success"), outcomes.join());
  assert.ok(
    outcomes.every((result) => result === "success" || result === "temporary-auth-failure"),
    outcomes.join(),
  );
});

test("any password that may be registered logs in, and no other one does", async () => {
  let number = 0;
  const fixture = authFixture();
  const passwords = fc
    .string({ minLength: 1, maxLength: 40, unit: "binary" })
    .map((text) => preparePassword(text))
    .filter((text) => text !== undefined);
  const hashes = fc.constantFrom(...SCRAM_HASHES);
  await fc.assert(
    fc.asyncProperty(passwords, passwords, hashes, async (password, other, hash) => {
      number += 1;
      const username = `user${number}`;
      await fixture.accounts.create(jid(`${username}@h.test`), password);
      assert.equal(outcome(await logIn(fixture, clientOf({ hash, username, password }))), "success");
      assert.equal(outcome(await plain(fixture, `\0${username}\0${password}`)), "success");
      const expected = other === password ? "success" : "not-authorized";
      assert.equal(outcome(await logIn(fixture, clientOf({ hash, username, password: other }))), expected);
    }),
    { numRuns: 25 },
  );
});
