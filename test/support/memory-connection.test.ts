import assert from "node:assert/strict";
import { test } from "node:test";
import { Recorder } from "./listening.ts";
import { MemoryConnection, type MemoryOptions } from "./memory-connection.ts";
import { SteppedWorld } from "./stepped-world.ts";

/** A world whose turns the test makes. */
class ManualWorld extends SteppedWorld {
  #actions: (() => void)[] = [];

  override soon(action: () => void): void {
    this.#actions.push(action);
  }

  turn(): boolean {
    const actions = this.#actions;
    this.#actions = [];
    for (const action of actions) action();
    return actions.length > 0;
  }

  settle(): void {
    for (let turns = 0; this.turn(); turns++) assert.ok(turns < 1000, "it never comes to rest");
  }
}

interface Pair {
  readonly world: ManualWorld;
  readonly near: MemoryConnection;
  readonly far: MemoryConnection;
  readonly server: Recorder;
  readonly client: Recorder;
}

function pair(options?: MemoryOptions): Pair {
  const world = new ManualWorld();
  const [near, far] = MemoryConnection.pair(world, options);
  const server = new Recorder();
  const client = new Recorder();
  near.handler = server;
  far.handler = client;
  return { world, near, far, server, client };
}

test("writes of a turn arrive as one chunk, and nothing happens before", () => {
  const { world, near, client, server } = pair();
  near.write("<a/>");
  near.write(Buffer.from("é"));
  assert.equal(near.buffered, 6);
  assert.deepEqual(client.events, []);
  world.settle();
  assert.deepEqual([client.received, client.chunks, near.buffered], ["<a/>é", 1, 0]);
  assert.deepEqual(server.events, ["drained"]);
});

test("an end that does not read fills the window, then `buffered`", () => {
  const { world, near, far, server, client } = pair({ window: 100 });
  far.pause();
  for (let i = 0; i < 10; i++) near.write("x".repeat(50));
  world.settle();
  assert.equal(near.buffered, 400);
  assert.deepEqual(server.events, []);
  far.resume();
  world.settle();
  assert.equal(client.received.length, 500);
  assert.deepEqual(server.events, ["drained"]);
});

test("above its rate an end does not read", () => {
  const { world, near, far, server } = pair();
  near.setRate({ bytesPerSecond: 10, burst: 10 });
  far.write("x".repeat(20));
  world.settle();
  far.write("y");
  world.settle();
  assert.equal(server.received.length, 20);
  world.pass(1000);
  world.settle();
  assert.equal(server.received.length, 21);
});

test("`end` closes both after everything was read, `destroy` resets", () => {
  const { world, near, far, server, client } = pair();
  near.write("bye");
  near.end();
  near.write("too late");
  world.settle();
  assert.equal(client.received, "bye");
  assert.deepEqual([near.closed, far.closed, server.error, client.error], [true, true, undefined, undefined]);
  assert.equal(world.timers, 0);

  const second = pair();
  second.far.destroy();
  assert.deepEqual(second.server.events, []);
  second.world.settle();
  assert.deepEqual(second.server.events, ["closed"]);
  assert.equal((second.server.error as NodeJS.ErrnoException).code, "ECONNRESET");
  assert.equal(second.client.error, undefined);
});

test("a peer that does not read is cut off 5 s after `end`", () => {
  const { world, near, far, server } = pair();
  far.pause();
  near.write("x");
  near.end();
  world.settle();
  world.pass(4999);
  assert.equal(near.closed, false);
  world.pass(1);
  world.settle();
  assert.deepEqual([server.events.at(-1), server.error], ["closed", undefined]);
});

test("STARTTLS on both ends agrees on the facts; bytes in the clear fail it", () => {
  const { world, near, far, server, client } = pair();
  server.onBytes = (connection) => {
    if (connection.tls !== undefined) return;
    connection.write("<proceed/>");
    connection.startTls("example.org");
  };
  client.onBytes = (connection) => {
    if (connection.tls === undefined) connection.startTls("");
  };
  far.write("<starttls/>");
  world.settle();
  assert.deepEqual(server.events, ["bytes", "secured"]);
  assert.equal(near.serverName, "example.org");
  assert.deepEqual(near.tls?.exporter(), far.tls?.exporter());
  far.write("inside");
  world.settle();
  assert.equal(server.received, "<starttls/>inside");

  const injected = pair();
  injected.server.onBytes = server.onBytes;
  injected.far.write("<starttls/>");
  injected.world.turn();
  injected.world.turn();
  injected.far.write("<auth/>");
  injected.world.settle();
  assert.deepEqual(injected.server.events, ["bytes", "closed"]);
  assert.ok(injected.server.error);
});
