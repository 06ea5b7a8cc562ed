import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, turns } from "../../test/support/gate.ts";
import { chat, type FixtureClient, RoutingFixture } from "../../test/support/routing-fixture.ts";
import { stanza } from "../../test/support/stanzas.ts";
import { Drop, type Handler } from "../kernel/hooks.ts";
import { type Passage, sessionEnded, stanzaFromAccount, stanzaToAccount } from "../kernel/points.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { payload } from "../xmpp/payload.ts";
import { Stanza } from "../xmpp/stanza.ts";

interface Play {
  readonly fixture: RoutingFixture;
  readonly romeo: FixtureClient;
  readonly juliet: FixtureClient;
}

async function play(): Promise<Play> {
  const fixture = new RoutingFixture();
  const romeo = await fixture.login("romeo@h.test/orchard", 0);
  const juliet = await fixture.login("juliet@h.test/balcony", 0);
  return { fixture, romeo, juliet };
}

async function settle({ romeo, juliet }: Play): Promise<void> {
  await romeo.settled();
  await juliet.settled();
  await turns();
}

const outcomes = ({ fixture }: Play): Record<string, number> => Object.fromEntries(fixture.outcomes.counts());

const throwing = (error: unknown): Handler<Passage>[] => [
  () => {
    throw error;
  },
  async () => {
    await turns(3);
    throw error;
  },
];

/** What a crash means in each stage; undefined: it is passed over. */
const crashes = {
  guard: "internal-server-error",
  rewrite: "internal-server-error",
  archive: "resource-constraint",
  copy: undefined,
} as const;

for (const [stage, condition] of Object.entries(crashes)) {
  for (const point of [stanzaFromAccount, stanzaToAccount]) {
    test(`a handler of ${point.name} that crashes in ${stage}: ${condition ?? "the stanza goes on"}`, async () => {
      for (const handler of throwing(new Error("a bug"))) {
        const scene = await play();
        scene.fixture.hooks.on(point, stage as "guard", "broken", handler);
        scene.romeo.send(chat(1));
        await settle(scene);
        assert.deepEqual(scene.romeo.errors, condition === undefined ? [] : [`1 ${condition}`]);
        assert.deepEqual(scene.juliet.ids, condition === undefined ? ["1"] : []);
        const [line] = scene.fixture.lines;
        assert.match(line!, /a handler failed.*broken/);
        assert.ok(!JSON.stringify(scene.romeo.received.map(String)).includes("a bug"));
      }
    });
  }
}

test("a StanzaError is the answer, and no crash; in copy it is too late for one", async () => {
  for (const stage of ["guard", "rewrite", "archive", "copy"] as const) {
    for (const handler of throwing(new StanzaError("not-acceptable"))) {
      const scene = await play();
      scene.fixture.hooks.on(stanzaToAccount, stage, "strict", handler);
      scene.romeo.send(chat(1));
      await settle(scene);
      assert.deepEqual(scene.romeo.errors, stage === "copy" ? [] : ["1 not-acceptable"]);
      assert.equal(scene.juliet.ids.length, stage === "copy" ? 1 : 0);
    }
  }
});

test("where nothing can be answered, a StanzaError keeps nobody behind it from its work", async () => {
  const scene = await play();
  const done: string[] = [];
  scene.fixture.hooks.on(sessionEnded, "presence", "broken", () => {
    throw new StanzaError("resource-constraint");
  });
  scene.fixture.hooks.on(sessionEnded, "cleanup", "last", () => void done.push("cleaned up"));
  await scene.romeo.cut();
  assert.deepEqual(done, ["cleaned up"]);
});

test("a Drop ends the stanza in silence, under its own name", async () => {
  const scene = await play();
  scene.fixture.hooks.on(stanzaToAccount, "guard", "blocking", () => new Drop("dropped:blocked"));
  scene.romeo.send(chat(1), "<iq type='get' id='2' to='juliet@h.test'><q xmlns='urn:q'/></iq>");
  await settle(scene);
  assert.deepEqual([scene.romeo.received, scene.juliet.received], [[], []]);
  assert.deepEqual(outcomes(scene), { "dropped:blocked": 2 });
});

test("rewrite replaces the stanza for all behind it", async () => {
  const scene = await play();
  scene.fixture.hooks.on(stanzaFromAccount, "rewrite", "one", async (passage) => {
    await turns(2);
    passage.stanza = passage.stanza.with({ id: `${passage.stanza.id}-from` });
  });
  scene.fixture.hooks.on(stanzaToAccount, "rewrite", "two", (passage) => {
    passage.stanza = passage.stanza.with({ id: `${passage.stanza.id}-to` });
  });
  scene.romeo.send(chat(1), chat(2));
  await settle(scene);
  assert.deepEqual(scene.juliet.ids, ["1-from-to", "2-from-to"]);
});

// RFC 6121 §8.5.3.1: there is no way from elsewhere yet but this one.
test("strangers from elsewhere reach a resource with a request only when they may see it", async () => {
  const scene = await play();
  const { fixture, juliet } = scene;
  const answers: string[] = [];
  fixture.foreign = (one) =>
    void answers.push(`${one.id} ${one.type} ${one.elements().map((child) => child.elements()[0]?.name)}`);
  const request = (id: string, to: string): Promise<unknown> =>
    Promise.resolve(
      fixture.router.send(
        stanza("tybalt@else.test/x", `<iq type='get' id='${id}' to='${to}'><q xmlns='urn:q'/></iq>`),
      ),
    );
  assert.equal(await request("1", "juliet@h.test/balcony"), "bounced:service-unavailable");
  assert.equal(await request("2", "juliet@h.test/nowhere"), "bounced:service-unavailable");
  fixture.allowed.add("juliet@h.test tybalt@else.test");
  assert.equal(await request("3", "juliet@h.test/balcony"), "delivered");
  fixture.allowed.clear();
  for (const type of ["result", "error"]) {
    const xml = `<iq type='${type}' id='${type}' to='juliet@h.test/balcony'/>`;
    assert.equal(await fixture.router.send(stanza("tybalt@else.test/x", xml)), "delivered");
  }
  await turns();
  assert.deepEqual(juliet.ids, ["3", "result", "error"]);
  assert.deepEqual(answers, ["1 error ,service-unavailable", "2 error ,service-unavailable"]);
});

test("a request about a missing account reaches no handler, and an answer to nobody's question has no effect", async () => {
  const scene = await play();
  const asked: unknown[] = [];
  const targets = ["own-account", "other-account", "host"] as const;
  scene.fixture.iqRoutes.get(
    payload("urn:q", "q", {}),
    targets,
    (_value, { to }) => void asked.push(`${to}`),
  );
  for (const to of ["nobody@h.test", "juliet@h.test"]) {
    scene.romeo.send(`<iq type='get' id='${to}' to='${to}'><q xmlns='urn:q'/></iq>`);
  }
  for (const to of ["h.test", "juliet@h.test", "romeo@h.test"]) {
    scene.romeo.send(`<iq type='result' id='1' to='${to}'><q xmlns='urn:q'/></iq>`);
  }
  await settle(scene);
  assert.deepEqual(asked, ["juliet@h.test"]);
  assert.deepEqual(scene.romeo.errors, ["nobody@h.test service-unavailable"]);
  assert.deepEqual(outcomes(scene), {
    answered: 1,
    "bounced:service-unavailable": 1,
    "dropped:no-effect": 3,
  });
});

test("what the server itself sends ends in an outcome too, whatever happens", async () => {
  const { fixture } = await play();
  const { router } = fixture;
  const from = (to: string): Stanza => stanza("h.test", `<message to='${to}'><body>news</body></message>`);
  assert.equal(await router.send(from("juliet@h.test")), "delivered");
  assert.equal(await router.send(from("nobody@h.test")), "bounced:service-unavailable");
  fixture.foreign = () => {
    throw new Error("a bug");
  };
  assert.equal(await router.send(from("a@else.test")), "bounced:internal-server-error");
  fixture.foreign = () => Promise.reject(new StanzaError("remote-server-timeout"));
  assert.equal(await router.send(from("a@else.test")), "bounced:remote-server-timeout");
  const error = from("a@else.test").with({ type: "error" });
  assert.equal(await router.send(error), "dropped:unanswerable");
});

test("an answer goes to the session that has asked, and to nobody when it is gone", async () => {
  const scene = await play();
  const hold = gate();
  scene.fixture.iqRoutes.get(payload("urn:q", "q", {}), ["host"], hold.wait);
  scene.romeo.send("<iq type='get' id='1' to='h.test'><q xmlns='urn:q'/></iq>");
  const cut = scene.romeo.cut();
  const again = scene.fixture.login("romeo@h.test/orchard", 0);
  await turns();
  assert.equal(scene.fixture.sessions.size, 1);
  await hold.open();
  await cut;
  assert.deepEqual((await again).received, []);
  assert.deepEqual(outcomes(scene), { answered: 1 });
});

test("stanzas that are refused wait their turn, and count for back pressure", async () => {
  const scene = await play();
  const hold = gate();
  scene.fixture.iqRoutes.get(payload("urn:q", "q", {}), ["host"], hold.wait);
  assert.equal(scene.romeo.send("<iq type='get' id='1' to='h.test'><q xmlns='urn:q'/></iq>"), 1);
  const refused = Stanza.of("message", { from: scene.romeo.session.jid, id: "2" });
  const { router } = scene.fixture;
  assert.equal(router.refuse(scene.romeo.session, refused, new StanzaError("jid-malformed")), 2);
  await turns();
  assert.deepEqual(scene.romeo.ids, []);
  await hold.open();
  assert.deepEqual(scene.romeo.ids, ["1", "2"]);
});

test("as many stanzas end as have come", async () => {
  const scene = await play();
  const { fixture, romeo } = scene;
  fixture.iqRoutes.get(payload("urn:q", "q", {}), ["host"], () => {
    throw new Error("a bug");
  });
  fixture.foreign = async () => {
    throw new StanzaError("remote-server-not-found");
  };
  for (const to of ["", "juliet@h.test", "juliet@h.test/balcony", "nobody@h.test", "h.test", "a@else.test"]) {
    const address = to === "" ? "" : ` to='${to}'`;
    romeo.send(
      `<message${address} type='chat'><body/></message>`,
      `<message${address} type='error'/>`,
      `<message${address} type='headline'/>`,
      `<presence${address}/>`,
      `<iq${address} type='get' id='1'><q xmlns='urn:q'/></iq>`,
      `<iq${address} type='result' id='1'/>`,
      `<iq${address} type='nonsense' id='1'/>`,
    );
  }
  await settle(scene);
  assert.equal(fixture.outcomes.stanzasIn, 42);
  assert.equal(fixture.outcomes.stanzasEnded, 42);
});

test("presence for an account that exists passes its hooks; for a missing one and for the host there are none", async () => {
  const scene = await play();
  const seen: string[] = [];
  scene.fixture.hooks.on(stanzaToAccount, "guard", "watch", ({ stanza: one, account }) => {
    seen.push(`${one.kind} ${one.to} ${account}`);
    return one.id === "stop" ? new Drop("dropped:blocked") : undefined;
  });
  const to = ["juliet@h.test", "juliet@h.test/balcony", "nobody@h.test", "h.test"];
  for (const address of to) scene.romeo.send(`<presence to='${address}' id='p'/>`);
  scene.romeo.send("<presence to='juliet@h.test' id='stop'/>");
  await settle(scene);
  assert.deepEqual(seen, [
    "presence juliet@h.test juliet@h.test",
    "presence juliet@h.test/balcony juliet@h.test",
    "presence juliet@h.test juliet@h.test",
  ]);
  assert.deepEqual(scene.juliet.ids, ["p", "p"]);
  assert.equal(outcomes(scene)["dropped:blocked"], 1);
});
