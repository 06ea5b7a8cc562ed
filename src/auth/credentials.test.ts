import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import {
  type CredentialTools,
  credentialsCodec,
  keysOf,
  makeCredentials,
  matchesPassword,
} from "./credentials.ts";
import { KeyDerivation } from "./key-derivation.ts";
import { equalSecrets, HASH_LENGTH, nodePrimitives, SCRAM_HASHES, type ScramHash } from "./primitives.ts";

function tools(iterations: number): CredentialTools {
  const primitives = nodePrimitives();
  return {
    world: { random: randomBytes },
    primitives,
    derivation: new KeyDerivation(primitives),
    iterations,
  };
}

// Password "pencil", 4,096 iterations; computed with Python's hashlib.pbkdf2_hmac and hmac as second implementation. The keys of SHA-1
// and SHA-256 are those of the exchanges in RFC 5802 §5 and RFC 7677 §3.
const VECTORS: readonly (readonly [ScramHash, salt: string, storedKey: string, serverKey: string])[] = [
  ["SHA-1", "QSXCR+Q6sek8bf92", "6dlGYMOdZcOPutkcNY8U2g7vK9Y=", "D+CSWLOshSulAsxiupA+qs2/fTE="],
  [
    "SHA-256",
    "W22ZaJ0SNY7soEsUEjb6gQ==",
    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  ],
  [
    "SHA-512",
    "W22ZaJ0SNY7soEsUEjb6gQ==",
    "6AAub3065EYRmyFpM2RNwqK+eGnrkYuEWbXn19LsEmBqzu8QaCXNc1FwpnX9NhH2hK/60dzj9DoO5DvVkOHbvg==",
    "jZHbYjC1aHh0/hKbxyBuGFjDrgjgKTT1esA7awWiKcRZ0o/0b1yWEebBeSVkkCFewf91nLDfKF24mvD5nmE6rA==",
  ],
];

for (const [hash, salt, storedKey, serverKey] of VECTORS) {
  test(`the keys of ${hash} agree with a second implementation`, async () => {
    const { primitives, derivation } = tools(4096);
    const salted = await derivation.derive(hash, "pencil", Buffer.from(salt, "base64"), 4096);
    const keys = keysOf(primitives, hash, salted);
    assert.equal(keys.storedKey.toString("base64"), storedKey);
    assert.equal(keys.serverKey.toString("base64"), serverKey);
  });
}

test("credentials have a salt of their own for each hash, and each time", async () => {
  const made = [await makeCredentials("pencil", tools(8)), await makeCredentials("pencil", tools(8))];
  const salts = made.flatMap((credentials) => SCRAM_HASHES.map((hash) => credentials[hash].salt));
  assert.ok(salts.every((salt) => salt.length === 16));
  assert.equal(new Set(salts.map((salt) => salt.toString("hex"))).size, 6);
  for (const hash of SCRAM_HASHES) {
    assert.equal(made[0]![hash].iterations, 8);
    assert.equal(made[0]![hash].storedKey.length, HASH_LENGTH[hash]);
    assert.equal(made[0]![hash].serverKey.length, HASH_LENGTH[hash]);
  }
});

test("a password matches its own keys of every hash, and no other password does", async () => {
  const credentials = await makeCredentials("pencil", tools(8));
  for (const hash of SCRAM_HASHES) {
    assert.equal(await matchesPassword(credentials[hash], hash, "pencil", tools(8)), true);
    assert.equal(await matchesPassword(credentials[hash], hash, "Pencil", tools(8)), false);
  }
});

test("the document gives the credentials back and holds no password", async () => {
  const credentials = await makeCredentials("correct horse", tools(8));
  const document = credentialsCodec.encode(credentials);
  assert.deepEqual(credentialsCodec.decode(document), credentials);
  const text = Buffer.from(document).toString();
  assert.equal(JSON.parse(text).version, 1);
  for (const secret of ["correct horse", Buffer.from("correct horse").toString("base64")])
    assert.equal(text.includes(secret), false);
});

test("a document of another version is refused by name", () => {
  const document = Buffer.from(JSON.stringify({ version: 2, scram: {} }));
  assert.throws(() => credentialsCodec.decode(document), /credentials of version 2, this program reads 1/);
});

test("secrets of different length are different", () => {
  assert.equal(equalSecrets(Buffer.from("ab"), Buffer.from("ab")), true);
  assert.equal(equalSecrets(Buffer.from("ab"), Buffer.from("ac")), false);
  assert.equal(equalSecrets(Buffer.from("ab"), Buffer.from("abc")), false);
});
