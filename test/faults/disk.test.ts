// A disk that is full or fails under a server with clients: R04.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { child, condition, type Element, text } from "../support/romeo.ts";
import { FaultyServer } from "./faulty-server.ts";
import type { PlainClient } from "./plain-client.ts";
import { lacks, SmallDisk } from "./small-disk.ts";

/** Two clients, and what the first one knows of its messages to somebody who is offline. */
class Scene {
  readonly server: FaultyServer;
  readonly romeo: PlainClient;
  readonly juliet: PlainClient;
  /** Not refused by the time that something sent after them was answered. */
  readonly accepted: number[] = [];
  readonly refused: number[] = [];
  #sent = 0;

  private constructor(server: FaultyServer, romeo: PlainClient, juliet: PlainClient) {
    this.server = server;
    this.romeo = romeo;
    this.juliet = juliet;
  }

  static async open(server: FaultyServer): Promise<Scene> {
    await server.start();
    await server.register("romeo", "juliet", "nurse");
    const scene = new Scene(server, await server.login("romeo", "r"), await server.login("juliet", "j"));
    await scene.juliet.ping();
    return scene;
  }

  /** Sends so many messages to the nurse, who is offline; false when any was refused. */
  async tell(count: number, size = 500): Promise<boolean> {
    const first = this.#sent + 1;
    this.#sent += count;
    for (let n = first; n <= this.#sent; n++) this.#message("nurse@h.test", n, size);
    await this.romeo.ping();
    const refused = new Set(
      this.romeo.stream
        .takeAll()
        .filter(({ name }) => name === "message")
        .map(refusalOf),
    );
    for (let n = first; n <= this.#sent; n++) (refused.has(n) ? this.refused : this.accepted).push(n);
    return refused.size === 0;
  }

  /** What needs no disk works. */
  async goesOn(): Promise<void> {
    const mark = `n${this.#sent}`;
    this.romeo.send(`<presence to='${this.juliet.jid}'><status>${mark}</status></presence>`);
    const shown = (one: Element): boolean => one.name === "presence" && text(child(one, "status")) === mark;
    await this.juliet.find(shown, "presence");
    await this.juliet.ping();
    assert.equal((await this.server.command("status")).exit, 0);
    const late = await this.server.login("juliet", "late");
    await late.ping();
    late.destroy();
  }

  /** What the nurse finds, in order. */
  async found(): Promise<number[]> {
    const nurse = await this.server.login("nurse");
    const numbers: number[] = [];
    while (numbers.length < this.accepted.length) {
      const message = await nurse.find((one) => one.name === "message", "a message that was accepted");
      numbers.push(Number(message.attributes["id"]));
    }
    await nurse.ping();
    assert.deepEqual(
      nurse.stream.takeAll().filter((one) => one.name === "message"),
      [],
    );
    nurse.destroy();
    return numbers;
  }

  #message(to: string, n: number, size: number): void {
    const body = `${n} `.padEnd(size, "x");
    this.romeo.send(`<message to='${to}' type='chat' id='${n}'><body>${body}</body></message>`);
  }
}

/** The number of a message that came back because it could not be stored. */
function refusalOf(stanza: Element): number {
  assert.equal(stanza.attributes["type"], "error");
  assert.equal(condition(stanza), "resource-constraint");
  assert.equal(child(stanza, "error")?.attributes["type"], "wait");
  return Number(stanza.attributes["id"]);
}

test("a full disk: messages are refused, the rest goes on, and it is over when there is space", {
  skip: lacks("inMemory"),
}, async (t) => {
  using disk = SmallDisk.inMemory(24)!;
  await using server = FaultyServer.make("", `${disk.directory}/data`);
  const scene = await Scene.open(server);
  assert.ok(await scene.tell(20));
  for (const left of [0, 200_000, 1_000_000]) {
    disk.fill(left);
    while (await scene.tell(10, 20_000));
    // Small ones go into what is left, until nothing does.
    while (await scene.tell(1));
    await scene.goesOn();
    disk.free();
    const begun = performance.now();
    while (!(await scene.tell(1))) await sleep(50);
    const ms = performance.now() - begun;
    assert.ok(ms < 5000, `${ms} ms until messages were taken again`);
    t.diagnostic(
      `${left} bytes left: ${scene.refused.length} refused so far, taken again after ${Math.round(ms)} ms`,
    );
  }
  assert.match(server.out, /ERROR the store refuses changes, messages are sent back .*fault=full/);
  await server.end("SIGKILL");
  await server.start();
  assert.deepEqual(await scene.found(), scene.accepted);
  assert.ok(scene.refused.length >= 3);
});

test("a disk that turns read-only under the server", { skip: lacks("ext4") }, async () => {
  using disk = SmallDisk.ext4(64)!;
  await using server = FaultyServer.make("", `${disk.directory}/data`);
  const scene = await Scene.open(server);
  assert.ok(await scene.tell(200));
  disk.fail();
  // Whether the kernel says "read-only" or "I/O error" then, depends on its version.
  assert.ok(!(await scene.tell(3)));
  await scene.goesOn();
  assert.equal(scene.refused.length, 3);
  assert.match(
    server.out,
    /ERROR the store refuses changes, messages are sent back .*fault=(?:read-only|failed)/,
  );
  assert.equal(await server.end(), 0);
  disk.repair();
  await server.start();
  assert.deepEqual(await scene.found(), scene.accepted);
});

test("a start on a disk that is read-only or full says so", { skip: lacks("inMemory") }, async () => {
  using disk = SmallDisk.inMemory(8)!;
  await using server = FaultyServer.make("", `${disk.directory}/data`);
  disk.fill();
  const full = await server.refusal();
  assert.deepEqual([full.code, /no space is left/.test(full.out)], [1, true], full.out);
  disk.free();
  await server.start();
  await server.end();
  disk.readOnly();
  const refused = await server.refusal();
  assert.deepEqual(
    [refused.code, /is read-only: mount it writable/.test(refused.out)],
    [1, true],
    refused.out,
  );
});
