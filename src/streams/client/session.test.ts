import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, turns } from "../../../test/support/gate.ts";
import { type FixtureClient, RoutingFixture } from "../../../test/support/routing-fixture.ts";
import { stanza } from "../../../test/support/stanzas.ts";
import type { Stanza } from "../../xmpp/stanza.ts";

const message = (id: number | string, size = 10): Stanza =>
  stanza(
    "romeo@h.test/o",
    `<message to='juliet@h.test' id='${id}'><body>${"x".repeat(size)}</body></message>`,
  );

async function client(outputLimit: number): Promise<FixtureClient> {
  const found = await new RoutingFixture().login("juliet@h.test/a", 0, outputLimit);
  // It has been brought what waited: nothing.
  await turns();
  found.eager = false;
  return found;
}

test("the largest stanza reaches whoever reads; who does not read ends", async () => {
  const juliet = await client(1000);
  juliet.session.send(message(1, 5000));
  juliet.flush();
  juliet.session.send(message(2, 5000));
  assert.equal(juliet.error, undefined);
  juliet.session.send(message(3));
  assert.equal(juliet.error, "resource-constraint");
  juliet.flush();
  assert.deepEqual(juliet.ids, ["1", "2"]);
});

test("more may be sent when everything has left, or never again", async () => {
  const juliet = await client(1000);
  assert.equal(juliet.session.writable(), undefined);
  juliet.session.send(message(1, 300));
  let waited = 0;
  const wait = (): void => void juliet.session.writable()?.then(() => waited++);
  wait();
  await turns();
  assert.equal(waited, 0);
  juliet.flush();
  await turns();
  assert.equal(waited, 1);
  juliet.session.send(message(2, 300));
  wait();
  await juliet.cut();
  await turns();
  assert.equal(waited, 2);
});

test("what is held back comes behind, also when what came first has failed", async () => {
  for (const fails of [false, true]) {
    const juliet = await client(1000);
    const hold = gate();
    const preceded = juliet.session.precede(async (write) => {
      write(message(1));
      await hold.wait();
      write(message(2));
      if (fails) throw new Error("broken");
    });
    juliet.session.send(message(3));
    juliet.flush();
    assert.deepEqual(juliet.ids, ["1"]);
    void hold.open();
    if (fails) await assert.rejects(preceded, /broken/);
    else await preceded;
    juliet.session.send(message(4));
    juliet.flush();
    assert.deepEqual(juliet.ids, ["1", "2", "3", "4"]);
  }
});

test("state of a session belongs to its slot", async () => {
  const juliet = await client(1000);
  const slot = { name: "test", create: () => ({ count: 0 }) };
  juliet.session.state(slot).count++;
  assert.equal(juliet.session.state(slot).count, 1);
});
