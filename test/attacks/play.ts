import assert from "node:assert/strict";
import type { RawStream } from "../support/raw-stream.ts";
import { condition, type Element } from "../support/romeo.ts";
import type { Actor } from "./actor.ts";
import { type Arena, times, turn } from "./arena.ts";
import { substitute, toBytes } from "./bytes.ts";
import { difference, holds, parsePattern } from "./pattern.ts";
import type { Case, Expectation, Step } from "./row.ts";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const STREAM = "http://etherx.jabber.org/streams";
const show = (elements: readonly Element[]): string => JSON.stringify(elements, null, 1);

/** Plays one case and checks the answers; the invariants are checked by `Arena.settle`. */
export async function play(arena: Arena, { steps }: Case): Promise<void> {
  const actors = new Map<string, Actor>();
  for (const step of steps) await arena.ensure(step.as);
  for (const step of steps) await playStep(arena, step, actors);
  for (const actor of actors.values()) await nothingMore(actor, steps);
}

async function playStep(arena: Arena, step: Step, actors: Map<string, Actor>): Promise<void> {
  const control = step.as === "alice" || step.as === "bob";
  let actor = actors.get(step.as);
  if (actor === undefined && !control) {
    actor = await arena.enter(step.as);
    actors.set(step.as, actor);
  }
  const stream = actor?.stream ?? (step.as === "alice" ? arena.alice : arena.bob).stream;
  if (step.send.length > 0) await send(arena, stream, toBytes(step.send, arena.values));
  if (step.leap > 0) await arena.pass(step.leap);
  for (const expectation of step.answer ?? []) {
    await answered(arena, step, stream, expectation, actor);
  }
  await othersGot(arena, step, actor);
}

/** In one piece; in full, in two, cut where chance will have it: a server must read both alike. */
async function send(arena: Arena, stream: RawStream, bytes: Buffer): Promise<void> {
  const cut = times(0, arena.world.random(4).readUInt32LE() % bytes.length);
  if (cut > 0) {
    stream.write(bytes.subarray(0, cut));
    await turn();
  }
  stream.write(bytes.subarray(cut));
}

/** What comes while the clock goes on. */
async function coming<T>(arena: Arena, step: Step, promise: Promise<T>): Promise<T> {
  if (step.clock === 0) return promise;
  let done = false;
  const settled = promise.finally(() => {
    done = true;
  });
  settled.catch(() => {});
  await arena.pass(step.clock, () => done);
  return settled;
}

async function nextElement(arena: Arena, step: Step, stream: RawStream, features: boolean): Promise<Element> {
  for (;;) {
    const element = await coming(arena, step, stream.next());
    if (features || !isFeatures(element)) return element;
  }
}

async function answered(
  arena: Arena,
  step: Step,
  stream: RawStream,
  expectation: Expectation,
  actor: Actor | undefined,
): Promise<void> {
  if (expectation === "nothing") {
    assert.ok(actor?.client !== undefined, "only a session can know that nothing comes");
    assert.deepEqual(await actor.client.sync(), []);
    return;
  }
  if (expectation === "dropped") {
    await coming(arena, step, stream.end());
    assert.equal(stream.received, "");
    return;
  }
  if (expectation === "end") {
    await ended(arena, step, stream);
    return;
  }
  const pattern = typeof expectation === "string" ? undefined : expectation.is;
  const text = pattern ?? (expectation as string);
  if (text.startsWith("<stream:stream")) {
    await coming(
      arena,
      step,
      stream.until(() => stream.header, "a header"),
    );
    // The pattern stands inside a stream as any other.
    const wanted = parsePattern(substitute(text, arena.values));
    assert.equal(difference(wanted, stream.header!), undefined);
    return;
  }
  const element = await nextElement(arena, step, stream, text.startsWith("<stream:features"));
  matches(arena, expectation, element);
  if (text.startsWith("SE(")) await ended(arena, step, stream);
}

async function ended(arena: Arena, step: Step, stream: RawStream): Promise<void> {
  await coming(arena, step, stream.end());
  endedWell(stream);
}

/** The stream had its end tag before its connection ended, and nothing else was said. */
export function endedWell(stream: RawStream): void {
  assert.ok(stream.finished, "</stream:stream> did not come");
  assert.deepEqual(
    stream.takeAll().filter((element) => !isFeatures(element)),
    [],
  );
}

/** Fails when the element is not what a row expects. */
export function matches(arena: Arena, expectation: Expectation, element: Element): void {
  const [text, lacks] =
    typeof expectation === "string" ? [expectation, undefined] : [expectation.is, expectation.lacks];
  const notation = /^(SE|ST|SASL)\(([a-z-]+)\)$/.exec(text);
  const what = `expected ${text}, but there came ${show([element])}`;
  if (notation === null) {
    const wrong = difference(parsePattern(substitute(text, arena.values)), element);
    assert.equal(wrong, undefined, `${what}\n${wrong}`);
  } else if (notation[1] === "SE") {
    assert.ok(element.ns === STREAM && element.name === "error" && condition(element) === notation[2], what);
  } else if (notation[1] === "ST") {
    assert.ok(element.attributes["type"] === "error" && condition(element) === notation[2], what);
  } else {
    const inner = element.nodes.find((node) => typeof node !== "string");
    assert.ok(element.ns === SASL && element.name === "failure" && inner?.name === notation[2], what);
  }
  if (lacks !== undefined) {
    assert.ok(
      !holds(parsePattern(substitute(lacks, arena.values)), element),
      `${lacks} in ${show([element])}`,
    );
  }
}

/** alice and bob got what the step says, in this order, and nothing else. */
async function othersGot(arena: Arena, step: Step, actor: Actor | undefined): Promise<void> {
  if (step.answer === undefined && Object.keys(step.others).length === 0) return;
  // A stream is handled in order: what it sent has arrived once this is answered.
  const own = actor?.client !== undefined && !actor.stream.gone && !actor.stream.finished;
  const unclaimed = own ? (await actor.client.sync()).filter((element) => !isUnasked(element)) : [];
  assert.deepEqual(unclaimed, [], `${step.as} got more than was expected`);
  const got = await arena.control();
  for (const who of ["alice", "bob"] as const) {
    const wanted = step.others[who] ?? [];
    const came = got[who];
    assert.equal(came.length, wanted.length, `${who} got ${show(came)} instead of ${JSON.stringify(wanted)}`);
    for (const [index, expectation] of wanted.entries()) matches(arena, expectation, came[index]!);
  }
}

async function nothingMore(actor: Actor, steps: readonly Step[]): Promise<void> {
  const last = steps.findLast(({ as }) => as === actor.name);
  if (last?.answer?.some((one) => typeof one === "string" && one.startsWith("SASL("))) {
    // RFC 6120 §6.4.5: after a failure the stream stays.
    actor.stream.write(`<abort xmlns='${SASL}'/>`);
    const failure = await actor.stream.next();
    assert.equal(failure.name, "failure", "the stream does not go on after the failure");
  }
  const rest = (await actor.sync()).filter((element) => !isUnasked(element));
  assert.deepEqual(rest, [], `${actor.name} got more than was expected`);
}

function isFeatures({ name, ns }: Element): boolean {
  return name === "features" && ns === STREAM;
}

/** What comes by itself: features behind a login, a request for acknowledgement behind the answer to our last question. */
function isUnasked(element: Element): boolean {
  return isFeatures(element) || (element.name === "r" && element.ns === "urn:xmpp:sm:3");
}
