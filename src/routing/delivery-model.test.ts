// Random senders, handlers, stores and ends of streams: what has come must end, once, in order (architecture: Order).

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { turns } from "../../test/support/gate.ts";
import { type FixtureClient, RoutingFixture } from "../../test/support/routing-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";
import { Drop } from "../kernel/hooks.ts";
import { stanzaFromAccount, stanzaToAccount } from "../kernel/points.ts";
import { StanzaError } from "../xmpp/errors.ts";

const STAGES = ["guard", "rewrite", "archive", "copy"] as const;
const POINTS = [stanzaFromAccount, stanzaToAccount];

/** What can be sent, with a place for the id. */
const WHAT = {
  "chat to bare": "<message to='juliet@h.test' type='chat' id='?'><body>b</body></message>",
  "chat to full": "<message to='juliet@h.test/a' type='chat' id='?'><body>b</body></message>",
  "normal to full": "<message to='juliet@h.test/a' id='?'><body>b</body></message>",
  headline: "<message to='juliet@h.test' type='headline' id='?'><body>b</body></message>",
  "no-store": "<message to='juliet@h.test' id='?'><body>b</body><no-store xmlns='urn:xmpp:hints'/></message>",
  iq: "<iq to='juliet@h.test/a' type='get' id='?'><q xmlns='urn:q'/></iq>",
};
type What = keyof typeof WHAT;

/** Those that must not get lost once they are accepted. */
const KEPT: ReadonlySet<What> = new Set(["chat to bare", "chat to full", "normal to full"]);

/** What one handler does with one stanza. */
interface Behaviour {
  readonly point: number;
  readonly stage: number;
  readonly turns: number;
  readonly result: "pass" | "drop" | "refuse" | "crash";
}

/** How the store answers once. */
interface Answer {
  readonly turns: number;
  readonly fails: boolean;
}

type Step =
  | {
      readonly do: "send";
      readonly sender: number;
      readonly what: What;
      readonly behaviour: Behaviour | undefined;
    }
  | { readonly do: "login" | "flush" | "cut"; readonly resource: "a" | "b" }
  | { readonly do: "cut sender"; readonly sender: number }
  | { readonly do: "wait"; readonly turns: number };

const behaviour = fc.record({
  point: fc.nat({ max: 1 }),
  stage: fc.nat({ max: 3 }),
  turns: fc.nat({ max: 3 }),
  result: fc.constantFrom("pass", "pass", "drop", "refuse", "crash"),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("send"),
      sender: fc.nat({ max: 1 }),
      what: fc.constantFrom(...(Object.keys(WHAT) as What[])),
      behaviour: fc.option(behaviour, { nil: undefined, freq: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("login", "login", "flush", "cut"),
      resource: fc.constantFrom("a", "b"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cut sender"), sender: fc.nat({ max: 1 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait"), turns: fc.nat({ max: 12 }) }) },
);
const answers = fc.array(
  fc.record({ turns: fc.nat({ max: 6 }), fails: fc.constantFrom(false, false, false, true) }),
  { minLength: 1, maxLength: 10 },
);

/** What was sent, and what the model knows of it. */
interface Sent {
  readonly what: What;
  readonly behaviour: Behaviour | undefined;
  /** Conditions of the errors that were made for it. */
  readonly bounced: string[];
  /** Something was lost or could not be read while it was on its way: it may arrive behind what was sent later. */
  late: boolean;
}

class Model {
  readonly fixture: RoutingFixture = new RoutingFixture();
  readonly sent = new Map<string, Sent>();
  readonly senders: FixtureClient[] = [];
  readonly connected = new Map<string, FixtureClient>();
  /** Everybody who ever was. */
  readonly senderHistory: FixtureClient[] = [];
  readonly receivers: FixtureClient[] = [];

  constructor(commits: readonly Answer[], reads: readonly Answer[]) {
    const { fixture } = this;
    fixture.storage.obstacles.commit = this.#obstacle(commits);
    fixture.storage.obstacles.read = this.#obstacle(reads);
    const bounce = fixture.router.bounce.bind(fixture.router);
    fixture.router.bounce = (stanza, error) => {
      this.sent.get(stanza.id!)!.bounced.push(error.condition);
      return bounce(stanza, error);
    };
    for (const [point, hook] of POINTS.entries()) {
      for (const [stage, name] of STAGES.entries()) {
        fixture.hooks.on(hook, name, "model", ({ stanza }) => {
          const found = this.sent.get(stanza.id!)?.behaviour;
          if (found?.point !== point || found.stage !== stage) return undefined;
          return found.turns === 0 ? act(found) : turns(found.turns).then(() => act(found));
        });
      }
    }
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const sender of [0, 1]) await this.#newSender(sender);
    for (const one of steps) await this.#take(one);
    await this.#finish();
  }

  async #take(one: Step): Promise<void> {
    switch (one.do) {
      case "send": {
        const id = String(this.sent.size);
        this.sent.set(id, { what: one.what, behaviour: one.behaviour, bounced: [], late: false });
        this.senders[one.sender]!.send(WHAT[one.what].replace("?", id));
        return;
      }
      case "cut sender":
        void this.senders[one.sender]!.cut();
        return this.#newSender(one.sender);
      case "wait":
        return turns(one.turns);
      case "login":
        if (!this.connected.has(one.resource)) await this.#login(one.resource, one.resource === "a" ? 2 : 1);
        return;
      case "flush":
        this.connected.get(one.resource)?.flush();
        return;
      case "cut":
        this.#disturb();
        void this.connected.get(one.resource)?.cut();
        this.connected.delete(one.resource);
    }
  }

  async #newSender(sender: number): Promise<void> {
    const client = await this.fixture.login(`romeo@h.test/${this.senderHistory.length}`);
    this.senders[sender] = client;
    this.senderHistory.push(client);
  }

  async #login(resource: string, priority: number): Promise<void> {
    // A resource of its own each time, but for the one that is addressed.
    const full = `juliet@h.test/${resource === "b" ? `b${this.receivers.length}` : resource}`;
    const client = await this.fixture.login(full, priority);
    this.receivers.push(client);
    client.eager = false;
    client.flush();
    // What reached its full JID before it was available has overtaken what waits for an available resource (RFC 6121 §8.5.3.1, §8.5.2.1.1).
    if (client.received.length > 0) this.#disturb();
    this.connected.set(resource, client);
  }

  /** Ends with everything delivered that can be, and nobody there. */
  async #finish(): Promise<void> {
    this.fixture.storage.obstacles.commit = undefined;
    this.fixture.storage.obstacles.read = undefined;
    await Promise.all(this.senderHistory.map((client) => client.settled()));
    for (const round of ["once", "twice"]) {
      await this.#login(`final ${round}`, 0);
      for (let n = 0; n < 3; n++) {
        await turns(500);
        for (const client of this.connected.values()) client.flush();
      }
      for (const client of this.connected.values()) await client.cut();
      this.connected.clear();
    }
    this.fixture.world.pass(1000);
    await turns();
  }

  #obstacle(list: readonly Answer[]): () => void | Promise<void> {
    let next = 0;
    return async () => {
      const answer = list[next++ % list.length]!;
      await turns(answer.turns);
      if (!answer.fails) return;
      this.#disturb();
      throw new Error("the store fails");
    };
  }

  #disturb(): void {
    const there = new Set(this.receivers.flatMap((client) => client.ids));
    for (const [id, one] of this.sent) if (!there.has(id)) one.late = true;
  }
}

function act({ result }: Behaviour): Drop | undefined {
  if (result === "drop") return new Drop("dropped:blocked");
  if (result === "refuse") throw new StanzaError("forbidden");
  if (result === "crash") throw new Error("a bug");
  return undefined;
}

/** What the handler alone decides: the stanza's condition, "dropped", or undefined where it goes on. */
function decided({ behaviour: found }: Sent): string | undefined {
  const stage = STAGES[found?.stage ?? 0];
  if (found === undefined || found.result === "pass") return undefined;
  if (found.result === "drop") return "dropped";
  if (stage === "copy") return undefined;
  if (found.result === "refuse") return "forbidden";
  return stage === "archive" ? "resource-constraint" : "internal-server-error";
}

function checkEnd(model: Model, id: string, one: Sent): void {
  const about = `${id}: ${JSON.stringify(one)}`;
  const copies = model.receivers.map((client) => client.ids.filter((other) => other === id).length);
  const count = copies.reduce((sum, each) => sum + each, 0);
  assert.ok(one.bounced.length <= 1, `bounced twice, ${about}`);
  assert.ok(Math.max(...copies) <= 1, `twice at one resource, ${about}`);
  const fate = decided(one);
  // A handler at the receiver's side has no say about what does not get there.
  if (fate !== undefined && (one.behaviour!.point === 0 || one.bounced[0] !== "service-unavailable")) {
    assert.deepEqual(one.bounced, fate === "dropped" ? [] : [fate], about);
  }
  if (fate !== undefined || one.bounced.length > 0) assert.equal(count, 0, `delivered, ${about}`);
  else if (KEPT.has(one.what)) assert.equal(count, 1, about);
  else if (one.what !== "headline") assert.ok(count <= 1, about);
}

function checkOrder(model: Model): void {
  for (const sender of model.senderHistory) {
    const answers = sender.received.map((one) => Number(one.id));
    assert.deepEqual(answers, [...answers].sort(ascending), "errors out of order");
    for (const receiver of model.receivers) {
      const ids = receiver.received
        .filter(({ from, id }) => from!.equals(sender.session.jid) && !model.sent.get(id!)!.late)
        .map((one) => Number(one.id));
      assert.deepEqual(ids, [...ids].sort(ascending), `out of order at ${receiver.session.jid}`);
    }
  }
}

function ascending(left: number, right: number): number {
  return left - right;
}

test("whatever waits, fails or dies: every stanza ends once, nothing kept is lost or doubled, order stays", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80, size: "max" }),
      answers,
      answers,
      async (steps, commits, reads) => {
        const model = new Model(commits, reads);
        await model.play(steps);
        const { fixture, sent } = model;
        for (const [id, one] of sent) checkEnd(model, id, one);
        checkOrder(model);
        assert.equal(fixture.outcomes.stanzasIn, sent.size);
        assert.equal(fixture.outcomes.stanzasEnded, sent.size);
        assert.equal(fixture.sessions.size, model.senders.length);
        assert.notEqual(fixture.homes.peek(jid("juliet@h.test"))?.idle, false, "the home is not at rest");
        assert.deepEqual(await fixture.stored("juliet@h.test"), []);
      },
    ),
    { numRuns: 200 },
  );
});
