import assert from "node:assert/strict";
import { test } from "node:test";
import { Stanza } from "../../xmpp/stanza.ts";
import { Acknowledgements } from "./acknowledgements.ts";

function stanza(id: number): Stanza {
  return Stanza.of("message", { id: String(id) });
}

function waiting(acks: Acknowledgements): readonly (string | undefined)[] {
  return acks.unacknowledged().map((one) => one.stanza.id);
}

test("what h covers leaves the queue, and only that", () => {
  const acks = new Acknowledgements();
  acks.push(stanza(1), 11);
  acks.push(stanza(2), undefined);
  acks.push(stanza(3), 13);
  assert.equal(acks.sent, 3);
  assert.deepEqual(acks.acknowledge(2), [11]);
  assert.deepEqual(acks.acknowledge(2), []);
  assert.deepEqual(waiting(acks), ["3"]);
  assert.equal(acks.bytes, stanza(3).bytes().length);
  assert.equal(acks.sent, 3);
});

test("h above what was sent, and h that goes back, is refused", () => {
  const acks = new Acknowledgements();
  acks.push(stanza(1), 1);
  assert.equal(acks.acknowledge(2), undefined);
  assert.deepEqual(acks.acknowledge(1), [1]);
  assert.equal(acks.acknowledge(0), undefined);
});

test("the counter wraps at 2^32", () => {
  const acks = Acknowledgements.restored([]);
  assert.deepEqual(acks.adopt(2 ** 32 - 2), []);
  acks.complete([]);
  for (const id of [1, 2, 3]) acks.push(stanza(id), id);
  assert.equal(acks.sent, 1);
  assert.deepEqual(acks.references(), [
    [2 ** 32 - 1, 1],
    [0, 2],
    [1, 3],
  ]);
  assert.deepEqual(acks.acknowledge(2 ** 32 - 1), [1]);
  assert.deepEqual(acks.acknowledge(1), [2, 3]);
});

test("after a restart the client says where the counting goes on", () => {
  const acks = Acknowledgements.restored([
    [2 ** 32 - 1, 10],
    [0, 11],
    [3, 12],
    [null, 13],
  ]);
  acks.push(stanza(4), 14);
  assert.deepEqual(acks.references().at(-1), [null, 14]);
  assert.deepEqual(acks.adopt(1), [10, 11]);
  assert.deepEqual(acks.missing, [12, 13]);
  acks.complete([{ stanza: stanza(2), key: 12 }]);
  assert.deepEqual(waiting(acks), ["2", "4"]);
  assert.deepEqual(acks.references(), [
    [2, 12],
    [3, 14],
  ]);
  assert.equal(acks.bytes, stanza(2).bytes().length * 2);
  assert.equal(acks.sent, 3);
});

test("what is taken is nobody's any more", () => {
  const acks = Acknowledgements.restored([[7, 10]]);
  acks.push(stanza(1), 11);
  acks.push(stanza(2), undefined);
  const { keys, others } = acks.take();
  assert.deepEqual(keys, [10, 11]);
  assert.deepEqual(
    others.map(({ id }) => id),
    ["2"],
  );
  assert.equal(acks.waiting, 0);
  assert.equal(acks.bytes, 0);
});
