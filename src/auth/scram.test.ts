import assert from "node:assert/strict";
import { test } from "node:test";
import { authFixture, saslChannel, tlsFacts } from "../../test/support/auth-fixture.ts";
import { converse, outcome } from "../../test/support/sasl-logins.ts";
import { jid } from "../../test/support/stanzas.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import type { SaslChannel } from "../kernel/authentication.ts";

interface Vector {
  readonly source: string;
  readonly host: string;
  readonly mechanism: string;
  readonly salt: string;
  readonly serverNonce: string;
  /** client-first, server-first, client-final, server-final */
  readonly messages: readonly [string, string, string, string];
}

const NONCE_5802 = "fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";
const NONCE_7677 = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const SALT_7677 = "W22ZaJ0SNY7soEsUEjb6gQ==";

// User "user", password "pencil", 4,096 iterations. No RFC has an exchange with SHA-512 or with these bindings: those were computed with
// Python's hashlib and hmac as second implementation. The bindings are the bytes 0 to 31 (exporter) and 32 to 63 (end point).
const VECTORS: readonly Vector[] = [
  {
    source: "RFC 5802 §5",
    host: "h.test",
    mechanism: "SCRAM-SHA-1",
    salt: "QSXCR+Q6sek8bf92",
    serverNonce: "3rfcNHYJY1ZVvWVs7j",
    messages: [
      "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
      `r=${NONCE_5802},s=QSXCR+Q6sek8bf92,i=4096`,
      `c=biws,r=${NONCE_5802},p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=`,
      "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    ],
  },
  {
    source: "RFC 7677 §3",
    host: "h.test",
    mechanism: "SCRAM-SHA-256",
    salt: SALT_7677,
    serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    messages: [
      "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
      `r=${NONCE_7677},s=${SALT_7677},i=4096`,
      `c=biws,r=${NONCE_7677},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
      "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ],
  },
  {
    source: "hashlib, SHA-512",
    host: "h.test",
    mechanism: "SCRAM-SHA-512",
    salt: SALT_7677,
    serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    messages: [
      "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
      `r=${NONCE_7677},s=${SALT_7677},i=4096`,
      `c=biws,r=${NONCE_7677},p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==`,
      "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==",
    ],
  },
  {
    source: "hashlib, SHA-512 with tls-exporter and authzid",
    host: "example.org",
    mechanism: "SCRAM-SHA-512-PLUS",
    salt: SALT_7677,
    serverNonce: "3rfcNHYJY1ZVvWVs7j",
    messages: [
      "p=tls-exporter,a=user@example.org,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
      `r=${NONCE_5802},s=${SALT_7677},i=4096`,
      `c=cD10bHMtZXhwb3J0ZXIsYT11c2VyQGV4YW1wbGUub3JnLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,r=${NONCE_5802},p=cxIapv81XkcCkyojlgO3EpzUYNgqU3NrHF3tK6aTED+V0CnZiuIexcWHrKYgCI0rfSblLt5Ijj8XUcnOydB35w==`,
      "v=TvF/lRuKCi7MjmZYQN7dYzpiBQYfL+rQcqUkEDqwZGhOKuoBIJZfNvPkZ4qTXrY2hzPo8qjJ5Tc8HF5HrkLyNw==",
    ],
  },
  {
    source: "hashlib, SHA-256 with tls-server-end-point",
    host: "h.test",
    mechanism: "SCRAM-SHA-256-PLUS",
    salt: SALT_7677,
    serverNonce: "3rfcNHYJY1ZVvWVs7j",
    messages: [
      "p=tls-server-end-point,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
      `r=${NONCE_5802},s=${SALT_7677},i=4096`,
      `c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,r=${NONCE_5802},p=1L2EPEqlrXagPhRMraplll6aeP9oYD1vundefAwYunw=`,
      "v=E/4wLRFtLWXVyFMyCCRoQg9uytGWYNJpTcsnOWYJYaQ=",
    ],
  },
];

for (const { source, host, mechanism, salt, serverNonce, messages } of VECTORS)
  test(`the exchange of ${source}`, async () => {
    const world = new SteppedWorld();
    world.random = () => Buffer.from(salt, "base64");
    const { accounts, authentication } = authFixture({
      world,
      iterations: 4096,
      accounts: { hosts: new Set([host]) },
      authentication: { nonce: () => serverNonce, downgradeProtection: false },
    });
    await accounts.create(jid(`user@${host}`), "pencil");
    const [clientFirst, serverFirst, clientFinal, serverFinal] = messages;
    const challenges: string[] = [];
    const step = await converse(authentication, saslChannel({ host }), mechanism, [
      () => clientFirst,
      (challenge) => {
        challenges.push(challenge);
        return clientFinal;
      },
    ]);
    assert.deepEqual(challenges, [serverFirst]);
    assert.deepEqual(step, {
      kind: "success",
      account: jid(`user@${host}`),
      mechanism,
      data: Buffer.from(serverFinal).toString("base64"),
    });
  });

/** The answer to a client-first-message of `alice`, or to what follows on its challenge. */
async function answerTo(
  mechanism: string,
  first: string,
  channel: SaslChannel = saslChannel(),
): Promise<string> {
  const { accounts, authentication } = authFixture();
  await accounts.create(jid("alice@h.test"), "secret");
  return outcome(await converse(authentication, channel, mechanism, [() => first]));
}

test("the binding flag and the mechanism's name belong together", async () => {
  const table: readonly (readonly [string, string, string])[] = [
    ["SCRAM-SHA-256", "n,,n=alice,r=abc", "challenge"],
    ["SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=alice,r=abc", "challenge"],
    ["SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=alice,r=abc", "challenge"],
    ["SCRAM-SHA-256", "p=tls-exporter,,n=alice,r=abc", "malformed-request"],
    ["SCRAM-SHA-256-PLUS", "n,,n=alice,r=abc", "malformed-request"],
    ["SCRAM-SHA-256-PLUS", "y,,n=alice,r=abc", "malformed-request"],
    // RFC 5802 §6: we offered it, so somebody between us took the offer out.
    ["SCRAM-SHA-256", "y,,n=alice,r=abc", "not-authorized"],
    ["SCRAM-SHA-256-PLUS", "p=tls-unique,,n=alice,r=abc", "not-authorized"],
    ["SCRAM-SHA-256-PLUS", "p=x-unknown,,n=alice,r=abc", "not-authorized"],
    ["SCRAM-SHA-256-PLUS", "p=TLS-EXPORTER,,n=alice,r=abc", "not-authorized"],
  ];
  for (const [mechanism, first, expected] of table)
    assert.equal(await answerTo(mechanism, first), expected, `${mechanism} ${first}`);
});

test("a client that could bind is welcome where we cannot", async () => {
  const channel = saslChannel({ tls: tlsFacts({ exporter: () => undefined, endPoint: () => undefined }) });
  assert.equal(await answerTo("SCRAM-SHA-256", "y,,n=alice,r=abc", channel), "challenge");
});

test("a binding type that this channel does not have is refused", async () => {
  const channel = saslChannel({ tls: tlsFacts({ exporter: () => undefined }) });
  const mechanism = "SCRAM-SHA-256-PLUS";
  assert.equal(await answerTo(mechanism, "p=tls-exporter,,n=alice,r=abc", channel), "not-authorized");
  assert.equal(await answerTo(mechanism, "p=tls-server-end-point,,n=alice,r=abc", channel), "challenge");
});

test("nobody acts for somebody else", async () => {
  for (const authzid of ["alice@h.test", "ALICE@H.TEST"])
    assert.equal(await answerTo("SCRAM-SHA-256", `n,a=${authzid},n=alice,r=abc`), "challenge");
  for (const authzid of ["bob@h.test", "alice@h.test/x", "alice", "alice@other.test", "=3D@@"])
    assert.equal(await answerTo("SCRAM-SHA-256", `n,a=${authzid},n=alice,r=abc`), "invalid-authzid", authzid);
});

test("names that cannot be an account's are not-authorized at once", async () => {
  for (const name of ["alice@h.test", "al ice", "alice/x", "a".repeat(1024)])
    assert.equal(await answerTo("SCRAM-SHA-256", `n,,n=${name},r=abc`), "not-authorized", name);
});

test("what is not UTF-8 is malformed", async () => {
  const { authentication } = authFixture();
  const bytes = Buffer.from([...Buffer.from("n,,n=al"), 0xc3, ...Buffer.from(",r=abc")]);
  const { step } = authentication.begin(saslChannel(), "SCRAM-SHA-256", bytes.toString("base64"));
  assert.equal(outcome(await step), "malformed-request");
});
