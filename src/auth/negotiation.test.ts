import assert from "node:assert/strict";
import { test } from "node:test";
import { jid } from "../../test/support/stanzas.ts";
import type { Mechanism, MechanismStep } from "./mechanism.ts";
import { failure } from "./mechanism.ts";
import { Negotiation, type NegotiationOptions } from "./negotiation.ts";

interface Scene {
  readonly negotiation: Negotiation;
  readonly messages: string[];
  readonly errors: unknown[];
}

function scene(
  answers: (() => ReturnType<Mechanism["step"]>)[],
  parts: Partial<NegotiationOptions> = {},
): Scene {
  const messages: string[] = [];
  const errors: unknown[] = [];
  const mechanism: Mechanism = {
    step: (message) => {
      messages.push(message.toString());
      return answers.shift()!();
    },
  };
  const negotiation = new Negotiation({
    mechanism,
    name: "TEST",
    conclude: (step) => step,
    broken: (error) => errors.push(error),
    ...parts,
  });
  return { negotiation, messages, errors };
}

const challenge = (message: string) => (): MechanismStep => ({ kind: "challenge", message });
const success = (message?: string) => (): MechanismStep => ({
  kind: "success",
  account: jid("alice@h.test"),
  message,
});
const OUT_OF_TURN = { kind: "failure", condition: "malformed-request" };

test("messages and answers travel in base 64", async () => {
  const { negotiation, messages } = scene([challenge("two"), success("four")]);
  assert.deepEqual(await negotiation.begin("b25l"), { kind: "challenge", data: "dHdv" });
  assert.deepEqual(await negotiation.step("dGhyZWU="), {
    kind: "success",
    account: jid("alice@h.test"),
    mechanism: "TEST",
    data: "Zm91cg==",
  });
  assert.deepEqual(messages, ["one", "three"]);
});

test("without an initial response the client gets an empty challenge", async () => {
  for (const initial of [undefined, ""]) {
    const { negotiation, messages } = scene([success()]);
    assert.deepEqual(await negotiation.begin(initial), { kind: "challenge", data: "" });
    assert.deepEqual(messages, []);
    const step = await negotiation.step("b25l");
    assert.deepEqual([step.kind, "data" in step && step.data], ["success", undefined]);
    assert.deepEqual(messages, ["one"]);
  }
});

test("an equals sign alone is an empty initial response, and an empty element an empty response", async () => {
  const { negotiation, messages } = scene([challenge("x"), challenge("y")]);
  await negotiation.begin("=");
  await negotiation.step("");
  assert.deepEqual(messages, ["", ""]);
});

const NOT_BASE64 = [
  "====",
  "A",
  "AA",
  "AAA",
  "AAAA=",
  "AA==AA==",
  "AA A",
  " AAAA",
  "AAAA\n",
  "AB==",
  "AAB=",
  "__--",
  "AA*A",
  "ÄÄÄÄ",
];

test("what is not exactly base 64 is incorrect-encoding, and ends the exchange", async () => {
  for (const data of NOT_BASE64) {
    const { negotiation, messages } = scene([]);
    const step = await negotiation.begin(data);
    assert.deepEqual(step, { kind: "failure", condition: "incorrect-encoding" }, data);
    assert.deepEqual(await negotiation.step("AAAA"), OUT_OF_TURN);
    assert.deepEqual(messages, []);
  }
  const { negotiation } = scene([challenge("x")]);
  await negotiation.begin("AAAA");
  assert.deepEqual(await negotiation.step("="), { kind: "failure", condition: "incorrect-encoding" });
});

test("a message that is too long is not even decoded", async () => {
  const { negotiation, messages } = scene([]);
  assert.deepEqual(await negotiation.begin("A".repeat(6148)), OUT_OF_TURN);
  assert.deepEqual(messages, []);
});

test("only one step at a time, and none after the end", async () => {
  let finish = (_: MechanismStep): void => {};
  const pending = new Promise<MechanismStep>((resolve) => {
    finish = resolve;
  });
  const { negotiation, messages } = scene([() => pending]);
  const step = negotiation.begin("AAAA");
  assert.deepEqual(await negotiation.step("AAAA"), OUT_OF_TURN);
  finish(success()());
  assert.equal((await step).kind, "success");
  assert.deepEqual(await negotiation.step("AAAA"), OUT_OF_TURN);
  assert.equal(messages.length, 1);
});

test("whoever concludes sees every end and no challenge, and has the last word", async () => {
  const seen: string[] = [];
  const conclude = (step: MechanismStep): MechanismStep => {
    seen.push(step.kind);
    return failure("not-authorized");
  };
  const { negotiation } = scene([challenge("x"), success()], { conclude });
  await negotiation.begin("AAAA");
  assert.deepEqual(await negotiation.step("AAAA"), { kind: "failure", condition: "not-authorized" });
  assert.deepEqual(seen, ["success"]);
});

test("what a mechanism stumbles over is a temporary failure, with the cause for us alone", async () => {
  const { negotiation, errors } = scene([() => Promise.reject(new Error("disk gone"))]);
  assert.deepEqual(await negotiation.begin("AAAA"), {
    kind: "failure",
    condition: "temporary-auth-failure",
  });
  assert.match(String(errors[0]), /disk gone/);
});
