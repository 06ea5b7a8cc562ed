import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, conditionOf } from "../../test/support/asking.ts";
import { HOST, InProcess, type TestSession } from "../../test/support/in-process.ts";
import { jid } from "../../test/support/stanzas.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";

const LAST = "<query xmlns='jabber:iq:last'/>";
const JULIET = `juliet@${HOST}`;

interface Play {
  readonly world: SteppedWorld;
  readonly server: InProcess;
  /** May see Juliet's presence. */
  readonly romeo: TestSession;
  readonly paris: TestSession;
  readonly juliet: TestSession;
}

async function play(): Promise<Play> {
  const world = new SteppedWorld();
  const server = new InProcess({ accounts: ["romeo", "juliet", "paris"], world });
  const romeo = await server.login(`romeo@${HOST}/orchard`);
  const juliet = await server.login(`${JULIET}/balcony`);
  await romeo.write(`<presence type='subscribe' to='${JULIET}'/>`);
  await juliet.write(`<presence type='subscribed' to='romeo@${HOST}'/>`);
  const paris = await server.login(`paris@${HOST}/street`);
  romeo.take();
  juliet.take();
  return { world, server, romeo, paris, juliet };
}

async function told(session: TestSession, to?: string): Promise<[string | undefined, string]> {
  const answer = await ask(session, "get", LAST, to);
  const query = answer.child("query", "jabber:iq:last");
  assert.equal(answer.type, "result", answer.bytes().toString());
  return [query?.attr("seconds"), query?.text ?? ""];
}

test("the host tells how long it has been running", async () => {
  const { world, paris } = await play();
  world.pass(123_456_999);
  assert.deepEqual(await told(paris, HOST), ["123456", ""]);
});

test("who is connected was here just now; then the time since the last logout counts, with its status", async () => {
  const { world, server, romeo, juliet } = await play();
  const other = await server.login(`${JULIET}/chamber`);
  assert.deepEqual(await told(romeo), ["0", ""]);
  await juliet.write("<presence type='unavailable'><status>Heading Home</status></presence>");
  await juliet.lose();
  world.pass(10_000);
  assert.deepEqual(await told(romeo, JULIET), ["0", ""]);
  await other.write("<presence type='unavailable'><status>Good &lt;night&gt;</status></presence>");
  await other.lose();
  world.pass(903_999);
  assert.deepEqual(await told(romeo, JULIET), ["903", "Good <night>"]);
  assert.deepEqual(server.errors, []);
});

test("a status counts only when it is the last word", async () => {
  const { server, romeo, juliet } = await play();
  await juliet.write("<presence type='unavailable'><status>bye</status></presence>", "<presence/>");
  await juliet.lose();
  assert.deepEqual(await told(romeo, JULIET), ["0", ""]);
  const again = await server.login(`${JULIET}/balcony`);
  await again.write(
    `<presence type='unavailable'><status>${"é".repeat(5000)}</status></presence>`,
    `<presence type='unavailable' to='romeo@${HOST}'><status>not this</status></presence>`,
  );
  await again.lose();
  assert.deepEqual(await told(romeo, JULIET), ["0", "é".repeat(1000)]);
});

test("an account that has never been here has no time", async () => {
  const world = new SteppedWorld();
  const server = new InProcess({ accounts: ["romeo", "juliet"], world });
  const juliet = await server.login(`${JULIET}/balcony`);
  const romeo = await server.login(`romeo@${HOST}/orchard`);
  await romeo.write(`<presence type='subscribe' to='${JULIET}'/>`);
  await juliet.write(`<presence type='subscribed' to='romeo@${HOST}'/>`);
  server.accounts.delete(JULIET);
  await juliet.lose();
  // Nothing is written for an account that is gone.
  server.accounts.add(JULIET);
  assert.equal(conditionOf(await ask(romeo, "get", LAST, JULIET)), "item-not-found");
});

test("to strangers an account looks like one that is missing, and a resource like one that is absent", async () => {
  const { paris, romeo, juliet } = await play();
  for (const [there, missing] of [
    [JULIET, `nobody@${HOST}`],
    [`${JULIET}/balcony`, `${JULIET}/absent`],
  ] as const) {
    const answer = await ask(paris, "get", LAST, there);
    assert.equal(conditionOf(answer), "service-unavailable");
    const other = await ask(paris, "get", LAST, missing);
    assert.deepEqual(other.with({ from: jid(there) }).bytes(), answer.bytes());
  }
  assert.deepEqual(juliet.take(), []);
  await romeo.write(`<iq type='get' id='q' to='${JULIET}/balcony'>${LAST}</iq>`);
  assert.equal(juliet.take().at(-1)?.id, "q");
});
