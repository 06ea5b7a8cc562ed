import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { listening, receive } from "../../test/support/listening.ts";
import { createLog } from "../base/log.ts";

const LIMIT = { timeout: 10_000 };

test("all writes of a turn leave together, over TCP and over TLS", LIMIT, async (t) => {
  for (const tls of ["starttls", "direct"] as const) {
    const place = await listening(t, { tls });
    const client = tls === "direct" ? await place.tls() : await place.plain();
    const { connection, recorder } = await place.accepted();
    const chunks: string[] = [];
    client.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    for (let i = 0; i < 50; i++) connection.write(i % 2 === 0 ? `<${i}>` : Buffer.from(`<${i}>`));
    assert.equal(connection.buffered, Buffer.byteLength([...Array(50).keys()].join("<>")) + 2);
    await recorder.has("drained");
    assert.equal(connection.buffered, 0);
    while (!chunks.join("").endsWith("<49>")) await once(client, "data");
    assert.equal(chunks.length, 1);
    assert.equal(chunks[0], [...Array(50).keys()].map((i) => `<${i}>`).join(""));
  }
});

test("a peer that does not read shows in `buffered`, and `drained` comes when it does", LIMIT, async (t) => {
  const place = await listening(t);
  const client = await place.plain();
  client.pause();
  const { connection, recorder } = await place.accepted();
  const part = Buffer.alloc(100_000, 0x20);
  let written = 0;
  for (; written < 30_000_000; written += part.length) connection.write(part);
  assert.equal(connection.buffered, written);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const waiting = connection.buffered;
  assert.ok(waiting > 10_000_000 && waiting < written, `${waiting} of ${written}`);
  assert.ok(!recorder.events.includes("drained"));
  let read = 0;
  client.on("data", (chunk: Buffer) => {
    read += chunk.length;
  });
  client.resume();
  await recorder.has("drained");
  assert.equal(connection.buffered, 0);
  while (read < written) await once(client, "data");
  assert.equal(read, written);
});

test("above its rate a connection is not read, and nothing is lost", LIMIT, async (t) => {
  const place = await listening(t);
  const client = await place.plain();
  const { connection, recorder } = await place.accepted();
  connection.setRate({ bytesPerSecond: 1000, burst: 1000 });
  client.write("a".repeat(2000));
  await recorder.until(({ received }) => received.length === 2000);
  client.write("b".repeat(10));
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(recorder.received.length, 2000);
  place.world.pass(900);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(recorder.received.length, 2000);
  place.world.pass(200);
  await recorder.until(({ received }) => received.endsWith("b".repeat(10)));
  assert.equal(recorder.received.length, 2010);
});

test("the pauses of handler and rate do not undo each other", LIMIT, async (t) => {
  const place = await listening(t);
  const client = await place.plain();
  const { connection, recorder } = await place.accepted();
  connection.setRate({ bytesPerSecond: 10, burst: 10 });
  client.write("a".repeat(20));
  await recorder.until(({ received }) => received.length === 20);
  connection.pause();
  client.write("b");
  place.world.pass(5000);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(recorder.received.length, 20, "still paused by the handler");
  connection.resume();
  await recorder.until(({ received }) => received.endsWith("b"));
});

test("`end` sends what is queued, then the end, and the peer's answer closes", LIMIT, async (t) => {
  for (const tls of ["starttls", "direct"] as const) {
    const place = await listening(t, { tls });
    const client = tls === "direct" ? await place.tls() : await place.plain();
    const { connection, recorder } = await place.accepted();
    const all = receive(client, "");
    connection.write("last words");
    connection.end();
    connection.write("too late");
    assert.equal(await all, "last words");
    client.end();
    await recorder.has("closed");
    assert.equal(recorder.error, undefined);
    assert.equal(connection.closed, true);
    assert.equal(place.admission.open, 0);
    place.world.pass(20_000);
    assert.equal(place.world.timers, 1, "only the polling of certificates is left");
  }
});

test("a peer that never closes is cut off 5 s after `end`", LIMIT, async (t) => {
  const place = await listening(t);
  await place.plain({ allowHalfOpen: true });
  const { connection, recorder } = await place.accepted();
  connection.end();
  place.world.pass(4900);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(connection.closed, false);
  place.world.pass(200);
  assert.equal(connection.closed, true);
  await recorder.has("closed");
  assert.equal(recorder.error, undefined);
});

test("a pause ends with `end`: else the peer's own end would not be read", LIMIT, async (t) => {
  const place = await listening(t);
  const client = await place.plain();
  const { connection, recorder } = await place.accepted();
  connection.pause();
  client.write("not read yet");
  const all = receive(client, "");
  connection.write("last words");
  connection.end();
  assert.equal(await all, "last words");
  client.end();
  await recorder.has("closed");
  assert.equal(recorder.error, undefined);
});

test("bytes come in until the peer has closed, also after `end`", LIMIT, async (t) => {
  const place = await listening(t);
  const client = await place.plain();
  const { connection, recorder } = await place.accepted();
  connection.end();
  client.end("</stream:stream>");
  await recorder.has("closed");
  assert.equal(recorder.received, "</stream:stream>");
});

test("the peer's end lets what is queued leave first", LIMIT, async (t) => {
  const place = await listening(t, { onBytes: (connection) => connection.write("answer") });
  const client = await place.plain();
  client.end("question");
  assert.equal(await receive(client, ""), "answer");
  const { recorder } = await place.accepted();
  await recorder.has("closed");
  assert.equal(recorder.error, undefined);
});

test("a long answer leaves in full after the peer's end", LIMIT, async (t) => {
  const answer = "x".repeat(3_000_000);
  const place = await listening(t, {
    onBytes: (connection) => {
      for (let i = 0; i < answer.length; i += 100_000) connection.write(answer.slice(i, i + 100_000));
    },
  });
  const client = await place.plain({ allowHalfOpen: true });
  client.pause();
  client.end("question");
  const { recorder } = await place.accepted();
  await recorder.has("bytes");
  await new Promise((resolve) => setTimeout(resolve, 30));
  const received = receive(client, "");
  client.resume();
  assert.equal((await received).length, answer.length);
  await recorder.has("closed");
});

test("`end` lifts the rate, so that the peer's own end is seen", LIMIT, async (t) => {
  const place = await listening(t);
  const client = await place.plain({ allowHalfOpen: true });
  const { connection, recorder } = await place.accepted();
  connection.setRate({ bytesPerSecond: 1, burst: 1 });
  client.write("a".repeat(1000));
  await recorder.until(({ received }) => received.length === 1000);
  client.end("b".repeat(1000));
  connection.end();
  await recorder.has("closed");
  assert.equal(recorder.received.length, 2000);
});

test("a reset is an error, `closed` comes once and never inside `destroy`", LIMIT, async (t) => {
  const place = await listening(t);
  const client = await place.plain();
  const { recorder } = await place.accepted();
  client.resetAndDestroy();
  await recorder.has("closed");
  assert.equal((recorder.error as NodeJS.ErrnoException).code, "ECONNRESET");
  await place.plain();
  const second = await place.accepted();
  second.connection.destroy();
  second.connection.destroy();
  second.connection.write("nothing");
  second.connection.pause();
  second.connection.resume();
  assert.deepEqual(second.recorder.events, []);
  await second.recorder.has("closed");
  assert.deepEqual(second.recorder.events, ["closed"]);
  assert.equal(second.recorder.error, undefined);
});

test("a handler that throws costs its connection and is logged", LIMIT, async (t) => {
  const lines: string[] = [];
  const log = createLog({ level: "error", format: "json", now: () => 0, write: (line) => lines.push(line) });
  const place = await listening(t, {
    log,
    onBytes: () => {
      throw new Error("broken handler");
    },
  });
  const client = await place.plain();
  client.write("x");
  const { recorder } = await place.accepted();
  await recorder.has("closed");
  assert.equal(recorder.error?.message, "broken handler");
  assert.match(lines.join(""), /broken handler/);
});
