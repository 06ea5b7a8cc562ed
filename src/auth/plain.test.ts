import assert from "node:assert/strict";
import { test } from "node:test";
import type { Jid } from "../xmpp/jid.ts";
import type { MechanismStep } from "./mechanism.ts";
import { Plain } from "./plain.ts";

interface Scene {
  step(message: string | Buffer): Promise<MechanismStep>;
  readonly asked: string[];
}

function scene(options: { overloaded?: boolean } = {}): Scene {
  const asked: string[] = [];
  const matches = async (account: Jid, password: string): Promise<boolean> => {
    asked.push(`${account.toString()} ${password}`);
    return password === "pw";
  };
  const overloaded = () => options.overloaded === true;
  const step = async (message: string | Buffer): Promise<MechanismStep> =>
    new Plain({ host: "h.test", overloaded, matches }).step(Buffer.from(message));
  return { step, asked };
}

function outcome(step: MechanismStep): string {
  return step.kind === "failure" ? step.condition : step.kind;
}

test("the right password is a success without further data", async () => {
  const { step } = scene();
  const answer = await step("\0mal\0pw");
  assert.equal(answer.kind === "success" && answer.account.toString(), "mal@h.test");
  assert.equal(answer.kind === "success" && answer.message, undefined);
});

test("the wrong password is not-authorized", async () => {
  assert.equal(outcome(await scene().step("\0mal\0other")), "not-authorized");
});

const MALFORMED: readonly (string | Buffer)[] = [
  "",
  "mal",
  "mal\0pw",
  "\0mal\0pw\0x",
  "\0mal\0pw\0",
  "\0\0pw",
  "\0mal\0",
  "\0\0",
  Buffer.from([0, 0x6d, 0xc3, 0, 0x70]),
  Buffer.from([0, 0x6d, 0, 0xed, 0xa0, 0x80]),
];

for (const message of MALFORMED)
  test(`malformed: ${JSON.stringify(Buffer.from(message).toString("latin1"))}`, async () => {
    const { step, asked } = scene();
    assert.equal(outcome(await step(message)), "malformed-request");
    assert.deepEqual(asked, []);
  });

test("an authorization identity is one's own bare address or invalid", async () => {
  const { step, asked } = scene();
  assert.equal(outcome(await step("mal@h.test\0mal\0pw")), "success");
  assert.equal(outcome(await step("MAL@H.test\0mal\0pw")), "success");
  asked.length = 0;
  for (const authzid of ["alice@h.test", "mal@h.test/x", "mal@other.test", "mal", "h.test", "@h.test"])
    assert.equal(outcome(await step(`${authzid}\0mal\0pw`)), "invalid-authzid", authzid);
  assert.deepEqual(asked, []);
});

test("names and passwords that cannot be are not-authorized without work", async () => {
  const { step, asked } = scene();
  for (const name of ["mal@h.test", "m al", "mal/x", "a".repeat(1024)])
    assert.equal(outcome(await step(`\0${name}\0pw`)), "not-authorized", name);
  assert.equal(outcome(await step("\0mal\0p\tw")), "not-authorized");
  assert.deepEqual(asked, []);
});

test("the name is prepared before it is looked up", async () => {
  const { step, asked } = scene();
  await step("\0MAL\0pw");
  assert.deepEqual(asked, ["mal@h.test pw"]);
});

test("when too many passwords wait already, the client may come back", async () => {
  const { step, asked } = scene({ overloaded: true });
  assert.equal(outcome(await step("\0mal\0pw")), "temporary-auth-failure");
  assert.deepEqual(asked, []);
});
