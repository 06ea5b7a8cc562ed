import assert from "node:assert/strict";
import { LeapingWorld } from "../support/leaping-world.ts";
import { ManagedClient } from "../support/managed-client.ts";
import { RawStream } from "../support/raw-stream.ts";
import { bind, child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

const accounts = ["romeo", "juliet"];
const chat = (body: string | number, to = "juliet@h.test"): string =>
  `<message to='${to}' type='chat' id='${body}'><body>${body}</body></message>`;

/** Moves the clock in steps that give the server its turns. */
async function pass(world: LeapingWorld, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    world.leap(1000);
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
  }
}

function bodies(elements: readonly Element[]): readonly string[] {
  return elements.filter(({ name }) => name === "message").map((one) => text(child(one, "body")));
}

story("what was handled is counted from where the counting begins", { accounts }, async (server) => {
  const romeo = await ManagedClient.login(server, "romeo");
  // The initial presence.
  assert.equal(await romeo.request(), 1);
  for (let n = 0; n < 20; n++) romeo.send(chat(n));
  assert.equal(await romeo.request(), 21);
  romeo.send(chat(1, "nobody@h.test") + chat(2, "@h.test"));
  assert.equal(await romeo.request(), 23);
  await romeo.close();
});

story("a session is offered what it can have, once, and after the binding", { accounts }, async (server) => {
  const client = await ManagedClient.enter(server, "romeo");
  assert.equal(failure(await client.enable("")), "unexpected-request");
  const plain = await RawStream.connect(server.port, server.host);
  await plain.open();
  await plain.next();
  for (const name of ["enable", "resume"]) {
    plain.write(`<${name} xmlns='urn:xmpp:sm:3'/>`);
    assert.equal(failure(await plain.next()), "unexpected-request");
  }
  const romeo = await ManagedClient.login(server, "romeo", { enable: "" });
  assert.equal(romeo.id, "");
  assert.equal(failure(await romeo.enable("resume='true'")), "unexpected-request");
  const juliet = await ManagedClient.enter(server, "juliet");
  await bind(juliet.stream);
  assert.equal(failure(await juliet.enable("resume='maybe'")), "bad-request");
  assert.equal(failure(await juliet.enable("max='-1'")), "bad-request");
  const patient = await ManagedClient.login(server, "juliet", { enable: "resume='true' max='99999999999'" });
  assert.match(patient.stream.received, /<enabled [^>]*max='300'/);
  const enabled = await juliet.enable("resume='1' max='60'");
  assert.equal(enabled.attributes["resume"], "true");
  assert.equal(enabled.attributes["max"], "60");
  assert.equal(enabled.attributes["location"], undefined);
  assert.ok(enabled.attributes["id"]!.length >= 22);
  const other = await ManagedClient.login(server, "juliet", { resource: "o", enable: "" });
  assert.match(other.stream.received, /<enabled xmlns='urn:xmpp:sm:3'\/>/);
});

/** The server has noticed that a connection is gone. */
async function noticed(server: TestServer, jid: string, times = 1): Promise<void> {
  const lines = (): number =>
    server.lines.filter((line) => line.includes('"logged out"') && line.includes(jid)).length;
  while (lines() < times) await new Promise<void>((resolve) => setImmediate(resolve));
}

function failure(failed: Element): string {
  assert.equal(failed.name, "failed");
  const [first] = failed.nodes;
  return (first as Element).name;
}

story(
  "a cut connection is nothing that others notice, and nothing is lost or comes twice",
  { accounts },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await ManagedClient.login(server, "juliet");
    romeo.send(chat("got"));
    assert.equal(await juliet.body(), "got");
    juliet.answering = false;
    romeo.send(chat("not acknowledged"));
    assert.equal(await juliet.body(), "not acknowledged");
    const h = juliet.h - 1;
    const before = { ...juliet.cut(), h };
    await noticed(server, juliet.jid);
    romeo.send(chat("meanwhile") + chat("full", juliet.jid));
    romeo.send(
      "<message to='juliet@h.test'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
    );
    await romeo.sync();
    const again = await ManagedClient.resume(server, before);
    const came = await again.sync();
    assert.deepEqual(bodies(came), ["not acknowledged", "meanwhile", "full", ""]);
    // What came while nobody was there says when.
    assert.deepEqual(
      came.map((one) => child(one, "delay") !== undefined),
      [false, true, true, true],
    );
    romeo.send(chat("after"));
    assert.equal(await again.body(), "after");
    await again.sync();
    await again.close();
    await (await Romeo.login(server, "juliet")).sync();
  },
);

story(
  "a session whose old connection still looks alive moves to the new one",
  { accounts },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await ManagedClient.login(server, "juliet");
    juliet.send(chat("1", "romeo@h.test"));
    const again = await ManagedClient.resume(server, juliet.known());
    assert.equal(again.acknowledged, 2);
    assert.equal(condition(await juliet.find(({ name }) => name === "error")), "conflict");
    await juliet.stream.end();
    await romeo.expect("message", { id: "1" });
    romeo.send(chat("2"));
    assert.equal(await again.body(), "2");
    again.send(chat("3", "romeo@h.test"));
    assert.equal(await again.request(), 3);
  },
);

story(
  "who closes the stream ends the session; what it has not acknowledged waits",
  { accounts },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await ManagedClient.login(server, "juliet");
    juliet.answering = false;
    romeo.send(chat("kept"));
    await juliet.message();
    await juliet.close();
    const next = await ManagedClient.enter(server, "juliet");
    const failed = await next.askToResume(juliet.id, juliet.h);
    assert.equal(failure(failed), "item-not-found");
    // It is known how much had arrived.
    assert.equal(failed.attributes["h"], "1");
    const again = await Romeo.login(server, "juliet");
    assert.equal(text(child(await again.expect("message"), "body")), "kept");
  },
);

const world = (): LeapingWorld => new LeapingWorld();

for (const clock of [world()]) {
  story(
    "what nobody resumes goes on to other resources, waits, or is answered",
    { accounts, world: clock, configuration: "limits: {client: {silence_timeout: 1d}}" },
    async (server) => {
      const romeo = await ManagedClient.login(server, "romeo");
      const juliet = await ManagedClient.login(server, "juliet", { enable: "resume='true' max='30'" });
      juliet.answering = false;
      juliet.cut();
      await noticed(server, juliet.jid);
      romeo.send(chat("1") + chat("2", juliet.jid));
      romeo.send(`<iq type='get' id='q' to='${juliet.jid}'><query xmlns='jabber:iq:version'/></iq>`);
      await romeo.sync();
      await pass(clock, 32);
      assert.equal(condition(await romeo.find((one) => one.attributes["id"] === "q")), "service-unavailable");
      const other = await Romeo.login(server, "juliet", { resource: "other" });
      assert.deepEqual(bodies(await other.sync()), ["1", "2"]);
      const late = await ManagedClient.enter(server, "juliet");
      assert.equal(failure(await late.askToResume(juliet.id, 0)), "item-not-found");
    },
  );
}
