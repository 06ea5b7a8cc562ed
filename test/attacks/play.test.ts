// The machinery must refuse what it is there to refuse.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena, turn } from "./arena.ts";
import { play } from "./play.ts";
import { type Case, readCase } from "./row.ts";

const one = (step: Readonly<Record<string, unknown>>): Case => readCase(step, "here");

const message = "<message to='bob@h.test'><body>x</body></message>";

const wrong: readonly (readonly [string, Case, RegExp])[] = [
  [
    "another condition",
    one({ as: "clear", send: "x", answer: "SE(restricted-xml)" }),
    /expected SE\(restricted-xml\)/,
  ],
  [
    "another kind of error",
    one({ as: "clear", send: "x", answer: "ST(not-well-formed)" }),
    /expected ST\(not-well-formed\)/,
  ],
  [
    "a stream that goes on",
    one({ as: "mal", send: "</stream:stream>", answer: "ST(gone)" }),
    /connection ended/,
  ],
  ["an end with an error", one({ as: "clear", send: "x", answer: "end" }), /deep-equal/],
  ["a connection that said something", one({ as: "clear", send: "x", answer: "dropped" }), /./],
  ["an answer that was not expected", one({ as: "mal", send: "<iq/>", answer: "nothing" }), /bad-request/],
  ["an answer that nobody claims", one({ as: "mal", send: "<iq/>" }), /more than was expected/],
  ["a third session that hears", one({ as: "mal", send: message, answer: "nothing" }), /bob got/],
  [
    "a third session that hears something else",
    one({
      as: "mal",
      send: message,
      answer: "nothing",
      others: { bob: "<message><body>y</body></message>" },
    }),
    /the text "x"/,
  ],
  [
    "a third session that hears nothing",
    one({ as: "mal", send: "", answer: "nothing", others: { alice: "<message/>" } }),
    /alice got \[\]/,
  ],
  [
    "content that must not be there",
    one({
      as: "mal",
      send: message,
      answer: "nothing",
      others: { bob: { is: "<message/>", lacks: "<body>x</body>" } },
    }),
    /<body>x<\/body> in/,
  ],
];

test("an answer that is not the right one fails", async (t) => {
  await using arena = await Arena.open({ driver: "memory", configuration: "" });
  for (const [name, attack, error] of wrong) {
    await t.test(name, async () => {
      await assert.rejects(play(arena, attack), error);
      await arena.recover();
    });
  }
});

test("what is left over fails, whatever the answer was", async (t) => {
  await using arena = await Arena.open({ driver: "memory", configuration: "" });
  const leave = async (what: string, plant: () => unknown, error: RegExp): Promise<void> => {
    await t.test(what, async () => {
      const remove = plant();
      await assert.rejects(arena.settle(false, 50), error);
      if (typeof remove === "function") remove();
      await arena.recover();
      await arena.settle();
    });
  };
  await leave("a timer", () => arena.world.every(1_000_000, () => {}), /before it was/);
  await leave(
    "an error in the log",
    () => void arena.server.lines.push('{"level":"error","message":"planted"}\n'),
    /the log has errors/,
  );
  await leave(
    "a stray stanza",
    () => {
      arena.alice.send(`<message to='${arena.bob.jid}'><body>stray</body></message>`);
      return turn(20);
    },
    /instead of the control message/,
  );
  await leave(
    "an error that nobody caught",
    () => void process.emit("uncaughtExceptionMonitor", new Error("planted"), "uncaughtException"),
    /not caught/,
  );
  await leave("a visit to the trap", () => void arena.trap.visits++, /lured/);
});

test("a row that says something unknown is refused", () => {
  assert.throws(() => one({ as: "mal", sends: "x" }), /"sends" means nothing/);
  assert.throws(() => one({ send: "x" }), /does not say its as/);
});
