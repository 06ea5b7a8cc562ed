import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyDerivation } from "./key-derivation.ts";
import { nodePrimitives, type Primitives } from "./primitives.ts";

/** Derivations that end when the test says so. */
function held(): { primitives: Primitives; started: string[]; end: (error?: Error) => Promise<void> } {
  const started: string[] = [];
  const running: ((error?: Error) => void)[] = [];
  const pbkdf2: Primitives["pbkdf2"] = (_hash, password) => {
    started.push(password);
    return new Promise((resolve, reject) =>
      running.push((error) => (error === undefined ? resolve(Buffer.from(password)) : reject(error))),
    );
  };
  const end = async (error?: Error): Promise<void> => {
    running.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { primitives: { ...nodePrimitives(), pbkdf2 }, started, end };
}

test("no more derivations run than allowed, the others follow in order", async () => {
  const { primitives, started, end } = held();
  const derivation = new KeyDerivation(primitives, { concurrency: 2, queue: 2 });
  const results = ["a", "b", "c", "d"].map((password) =>
    derivation.derive("SHA-256", password, Buffer.alloc(16), 1),
  );
  assert.deepEqual(started, ["a", "b"]);
  assert.equal(derivation.overloaded, true);
  await end();
  assert.deepEqual(started, ["a", "b", "c"]);
  assert.equal(derivation.overloaded, false);
  for (let left = 3; left > 0; left -= 1) await end();
  assert.deepEqual((await Promise.all(results)).map(String), ["a", "b", "c", "d"]);
  void derivation.derive("SHA-256", "e", Buffer.alloc(16), 1);
  void derivation.derive("SHA-256", "f", Buffer.alloc(16), 1);
  assert.deepEqual(started.slice(4), ["e", "f"]);
});

test("a derivation that fails gives its place on", async () => {
  const { primitives, started, end } = held();
  const derivation = new KeyDerivation(primitives, { concurrency: 1 });
  const failing = derivation.derive("SHA-256", "a", Buffer.alloc(16), 1);
  const following = derivation.derive("SHA-256", "b", Buffer.alloc(16), 1);
  const refused = assert.rejects(failing, /out of memory/);
  await end(new Error("out of memory"));
  await refused;
  assert.deepEqual(started, ["a", "b"]);
  await end();
  assert.equal(String(await following), "b");
});

test("the work is done off the event loop", async () => {
  const derivation = new KeyDerivation(nodePrimitives());
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  await derivation.derive("SHA-512", "pencil", Buffer.alloc(16), 100_000);
  clearInterval(counting);
  assert.ok(turns > 3, `the loop turned ${turns} times meanwhile`);
});
