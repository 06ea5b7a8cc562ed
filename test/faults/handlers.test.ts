// Extensions that throw: R16. Only the stanza at hand fails, the server and everybody else go on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type AnyExtension, extension } from "../../src/kernel/extension.ts";
import type { HookPoint } from "../../src/kernel/hooks.ts";
import * as points from "../../src/kernel/points.ts";
import { payload } from "../../src/xmpp/payload.ts";
import { InProcess, type TestSession, turn } from "../support/in-process.ts";
import { LeapingWorld } from "../support/leaping-world.ts";
import { FaultyServer } from "./faulty-server.ts";

const ways: Readonly<Record<string, () => never | Promise<never>>> = {
  "at once": () => {
    throw new Error("planted");
  },
  late: async () => {
    await Promise.resolve();
    throw new Error("planted");
  },
};

/** Those that no stanza of these tests comes to: they belong to a stream, or to a command about rosters. */
const noStanzas: readonly string[] = [
  points.streamFeatures.name,
  points.sessionResumed.name,
  points.presenceFlow.name,
];

const places = Object.values(points).flatMap((point) =>
  point.stages.map((stage) => ({ point: point as HookPoint<object, string>, stage })),
);

/** An extension that throws where `armed` says, and counts how often. */
class Clumsy {
  armed = "";
  way: () => never | Promise<never> = ways["at once"]!;
  times = 0;
  readonly extension: AnyExtension = extension({
    name: "clumsy",
    doc: "Throws.",
    xeps: {},
    features: [],
    setup: ({ on, iq, world }) => {
      for (const { point, stage } of places)
        on(point, stage, () => this.#trip(`${point.name} ${stage}`) as undefined);
      iq.get(payload("urn:test:clumsy", "query", {}), ["host"], () => this.#trip("iq") as undefined);
      world.every(1000, () => this.#trip("every"));
      this.#after = () => void world.after(1000, () => this.#trip("after"));
      this.#soon = () => world.soon(() => this.#trip("soon"));
    },
  });
  #after: () => void = () => {};
  #soon: () => void = () => {};

  #trip(place: string): unknown {
    if (this.armed !== place) return undefined;
    this.times++;
    return this.way();
  }

  setTimers(): void {
    this.#after();
    this.#soon();
  }
}

interface Scene {
  readonly server: InProcess;
  readonly clumsy: Clumsy;
  readonly romeo: TestSession;
  readonly juliet: TestSession;
}

async function scene(world?: LeapingWorld): Promise<Scene> {
  const clumsy = new Clumsy();
  const accounts = ["romeo", "juliet", "nurse"];
  const server = new InProcess({ accounts, extensions: [clumsy.extension], ...(world && { world }) });
  for (const [one, other] of [
    ["romeo@h.test", "juliet@h.test"],
    ["juliet@h.test", "romeo@h.test"],
  ] as const)
    await server.contact(one, other, "both");
  // The first of two, so that what one sends is copied to the other.
  await server.login("romeo@h.test/other");
  const romeo = await server.login("romeo@h.test/r");
  const juliet = await server.login("juliet@h.test/j");
  romeo.take();
  return { server, clumsy, romeo, juliet };
}

/** Something of everything that comes to a hook. */
async function everything({ server, romeo, juliet }: Scene): Promise<void> {
  const body = "<body>x</body>";
  await romeo.write(
    `<message to='juliet@h.test' type='chat' id='1'>${body}</message>`,
    `<message to='nurse@h.test' type='chat' id='2'>${body}</message>`,
    `<message to='romeo@h.test' type='chat' id='3'>${body}</message>`,
    "<presence><show>away</show></presence>",
    "<presence to='juliet@h.test/j'/>",
    "<iq type='get' id='4' to='h.test'><ping xmlns='urn:xmpp:ping'/></iq>",
    "<iq type='set' id='5'><query xmlns='jabber:iq:roster'><item jid='nurse@h.test'/></query></iq>",
    "<iq type='set' id='6'><query xmlns='jabber:iq:roster'><item jid='nurse@h.test' subscription='remove'/></query></iq>",
    "<iq type='set' id='7'><block xmlns='urn:xmpp:blocking'><item jid='juliet@h.test'/></block></iq>",
    "<iq type='set' id='8'><unblock xmlns='urn:xmpp:blocking'/></iq>",
  );
  await juliet.write("<presence type='unavailable'/>", "<presence/>");
  const nurse = await server.login("nurse@h.test/n");
  await nurse.lose();
  await server.core.banAccount(nurse.account, "spam").catch(() => {});
  await server.core.createAccount(nurse.account).catch(() => {});
  await server.core.removeAccount(nurse.account).catch(() => {});
  await turn();
}

/** Every stanza that came in has ended once. */
function assertSettled({ server }: Scene): void {
  const { outcomes } = server.core;
  assert.equal(outcomes.stanzasEnded, outcomes.stanzasIn);
}

/** Messages, presence and requests get through. */
async function assertWell({ romeo, juliet }: Scene, what: string): Promise<void> {
  await romeo.write("<iq type='set' id='8'><unblock xmlns='urn:xmpp:blocking'/></iq>", "<presence/>");
  await juliet.write("<presence/>");
  romeo.take();
  juliet.take();
  await romeo.write(
    "<message to='juliet@h.test' type='chat' id='well'><body>x</body></message>",
    "<presence><status>well</status></presence>",
    "<iq type='get' id='well' to='h.test'><ping xmlns='urn:xmpp:ping'/></iq>",
  );
  const kinds = juliet.take().map(({ kind, type }) => `${kind} ${type}`);
  assert.deepEqual(kinds.sort(), ["message chat", "presence undefined"], what);
  assert.ok(
    romeo.take().some(({ id, type }) => id === "well" && type === "result"),
    what,
  );
}

for (const [way, how] of Object.entries(ways)) {
  test(`a handler throws ${way}, at each stage of each hook`, async () => {
    for (const { point, stage } of places) {
      const place = `${point.name} ${stage}`;
      const now = await scene();
      const { clumsy, server } = now;
      clumsy.armed = place;
      clumsy.way = how;
      await everything(now);
      if (noStanzas.includes(point.name))
        await server.core.hooks.run(point, {}, (...crash) => server.core.router.onCrash(...crash));
      assert.ok(clumsy.times > 0, `nothing came to ${place}`);
      clumsy.armed = "";
      assert.ok(
        server.errors.some((line) => line.includes('"clumsy"') && line.includes("planted")),
        `the log does not say whose handler at ${place} has failed:\n${server.errors.join("")}`,
      );
      assertSettled(now);
      await assertWell(now, `after ${place}`);
      assertSettled(now);
    }
  });

  test(`a request's handler throws ${way}: the request alone fails`, async () => {
    const now = await scene();
    const { clumsy, romeo } = now;
    clumsy.armed = "iq";
    clumsy.way = how;
    await romeo.write("<iq type='get' id='q' to='h.test'><query xmlns='urn:test:clumsy'/></iq>");
    const answers = romeo.take();
    assert.deepEqual(
      answers.map(({ kind, type }) => `${kind} ${type}`),
      ["iq error"],
    );
    assert.match(Buffer.from(answers[0]!.bytes()).toString(), /internal-server-error/);
    assert.equal(clumsy.times, 1);
    await assertWell(now, "after a request");
    assertSettled(now);
  });

  test(`a timer throws ${way}: it rings on, and the process lives`, async () => {
    const world = new LeapingWorld();
    const now = await scene(world);
    const { clumsy, server } = now;
    clumsy.way = how;
    for (const place of ["every", "after", "soon"]) {
      clumsy.armed = place;
      clumsy.setTimers();
      world.leap(3000);
      await turn();
    }
    assert.equal(clumsy.times, 5);
    assert.equal(server.errors.filter((line) => line.includes("a timer failed")).length, 5);
    clumsy.armed = "";
    await assertWell(now, "after timers");
  });
}

test("a failure that nobody waits for is a line in the log; an exception that nobody catches ends the server in order", async () => {
  await using server = FaultyServer.make();
  const file = new URL("../support/stray-error.ts", import.meta.url).pathname;
  await server.start({ NODE_OPTIONS: `--import ${file}` });
  await server.register("romeo");
  const romeo = await server.login("romeo");
  const { program } = server.process;
  for (let n = 0; n < 3; n++) {
    program.kill("SIGUSR2");
    await romeo.ping();
  }
  await program.says(/ERROR something failed that nobody waited for error="Error: planted rejection/);
  await romeo.ping();
  program.kill("SIGWINCH");
  const { code, out } = await program.ended;
  assert.equal(code, 1);
  assert.match(
    out,
    /ERROR uncaught error="Error: planted exception.*the server stops reason="something uncaught"/s,
  );
  await romeo.find(({ name }) => name === "error", "the end of the stream");
});
