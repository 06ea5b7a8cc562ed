import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { parse, stringify } from "yaml";
import { LeapingWorld } from "../support/leaping-world.ts";
import type { RawStream } from "../support/raw-stream.ts";
import { type Element, Romeo, text } from "../support/romeo.ts";
import { type Driver, TestServer } from "../support/server.ts";
import { Actor, isEarly } from "./actor.ts";

export interface Setting {
  readonly driver: Driver;
  readonly configuration: string;
}

/** A row, or its part, that data cannot say. */
export type Code = (arena: Arena) => Promise<void>;

/** Milliseconds after which what must come back to the base line has not. */
const PATIENCE = 20_000;

/** Milliseconds in which every failed login and every rate is forgotten. */
const FORGIVING = 300_000;

/** Shown by whoever waits: the loop turns, and the clock of the world goes on. */
export function turn(milliseconds = 2): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** How often, where a row's full count shows no more than a cut one: the full one runs in `npm run soak`. */
export function times(cut: number, full: number): number {
  return process.env["ATTACKS_IN_FULL"] === "1" ? full : cut;
}

/** Waits for something that must become true. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: () => string,
  patience: number = PATIENCE,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > deadline) assert.fail(what());
    await turn();
  }
}

/** Nobody is asked whether he is still there: the clock leaps, and those who write raw XML do not answer. */
function withPatience(configuration: string): string {
  const options = (parse(configuration) ?? {}) as { limits?: { client?: object } };
  const client = { silence_timeout: "30d", ...options.limits?.client };
  return stringify({ ...options, limits: { ...options.limits, client } });
}

/**
 * A server under attack with its control session, alice and bob, who talk to each other after every case, and with all that must be
 * as before when a case is over.
 */
export class Arena implements AsyncDisposable {
  readonly server: TestServer;
  readonly world: LeapingWorld;
  alice!: Romeo;
  bob!: Romeo;
  /** A port that nobody may connect to: where an attack would lure the server. */
  readonly trap: { readonly port: number; visits: number };
  readonly #trap: Server;
  readonly #streams: RawStream[] = [];
  readonly #accounts = new Set<string>();
  readonly #uncaught: unknown[] = [];
  readonly #note = (error: unknown): void => void this.#uncaught.push(error);
  #base = { sockets: 0, timers: 0, sessions: 0 };
  #errors = 0;

  private constructor(server: TestServer, world: LeapingWorld, trap: Server) {
    this.server = server;
    this.world = world;
    this.#trap = trap;
    this.trap = { port: (trap.address() as AddressInfo).port, visits: 0 };
    trap.on("connection", (socket) => {
      this.trap.visits++;
      socket.destroy();
    });
    process.on("uncaughtExceptionMonitor", this.#note);
    process.on("unhandledRejection", this.#note);
  }

  static async open({ driver, configuration }: Setting): Promise<Arena> {
    const world = new LeapingWorld();
    const trap = createServer().listen(0, "127.0.0.1");
    trap.unref();
    await once(trap, "listening");
    const server = await TestServer.start({ driver, configuration: withPatience(configuration), world });
    const arena = new Arena(server, world, trap);
    await arena.ensure("alice", "bob", "mal");
    await arena.#enterControl();
    return arena;
  }

  /** What a row may name. */
  get values(): Readonly<Record<string, string>> {
    return { trap: `http://127.0.0.1:${this.trap.port}/` };
  }

  /** Accounts that exist, registered as an administrator would. */
  async ensure(...accounts: readonly string[]): Promise<void> {
    for (const account of accounts) {
      if (this.#accounts.has(account) || isEarly(account)) continue;
      this.#accounts.add(account);
      await this.server.register(account);
    }
  }

  /** alice and bob are there already, everybody else comes new. */
  async enter(as: string): Promise<Actor> {
    await this.ensure(as);
    const actor = await Actor.enter(this.server, as);
    this.#streams.push(actor.stream);
    return actor;
  }

  /** Takes part until the case is over. */
  keep(stream: RawStream): RawStream {
    this.#streams.push(stream);
    return stream;
  }

  /** What has come to the two of the control session since they were last asked. */
  async control(): Promise<Readonly<Record<"alice" | "bob", readonly Element[]>>> {
    return { alice: await this.alice.sync(), bob: await this.bob.sync() };
  }

  /** Puts the clock forward, in steps as long as `step`, until `done` or for `seconds` in all. */
  async pass(seconds: number, done: () => boolean = () => false, step = 0.5): Promise<void> {
    for (let passed = 0; passed < seconds && !done(); passed += step) {
      this.world.leap(step * 1000);
      await turn(3);
    }
  }

  /** The invariants: nothing is left over, nobody noticed anything, and the server serves as before. */
  async settle(forgive = false, patience: number = PATIENCE): Promise<void> {
    for (const stream of this.#streams.splice(0)) stream.destroy();
    await this.#backToBase(patience);
    await this.talk();
    assert.deepEqual(this.server.errors.slice(this.#errors), [], "the log has errors");
    assert.deepEqual(this.#uncaught, [], "something was not caught");
    assert.equal(this.trap.visits, 0, "the server connected to where it was lured");
    if (forgive) this.world.leap(FORGIVING);
  }

  /** A new base line after a failed case, so that it does not make the next ones fail. */
  async recover(): Promise<void> {
    for (const stream of this.#streams.splice(0)) stream.destroy();
    this.alice.destroy();
    this.bob.destroy();
    this.world.leap(FORGIVING);
    await until(
      async () => {
        // Those that wait to be resumed have their time.
        this.world.leap(FORGIVING);
        return (await this.#sessions()) === 0;
      },
      () => "sessions do not end",
    );
    this.#uncaught.length = 0;
    this.trap.visits = 0;
    await this.#enterControl();
    await this.control();
    this.#errors = this.server.errors.length;
  }

  /** A message each way; milliseconds until both had come. */
  async talk(): Promise<number> {
    const started = performance.now();
    for (const [from, to] of [
      [this.alice, this.bob],
      [this.bob, this.alice],
    ] as const) {
      const word = randomUUID();
      from.send(`<message type='chat' to='${to.jid}'><body>${word}</body></message>`);
      const came = await to.next();
      const body = came.nodes.find((node) => typeof node !== "string" && node.name === "body");
      assert.ok(
        came.attributes["from"] === from.jid && text(body as Element | undefined) === word,
        `instead of the control message came ${JSON.stringify(came)}`,
      );
    }
    return performance.now() - started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    process.off("uncaughtExceptionMonitor", this.#note);
    process.off("unhandledRejection", this.#note);
    this.#trap.close();
    this.alice.destroy();
    this.bob.destroy();
    await this.server.stop();
  }

  async #enterControl(): Promise<void> {
    this.alice = await Romeo.login(this.server, "alice", { resource: "a" });
    this.bob = await Romeo.login(this.server, "bob", { resource: "b" });
    await this.control();
    await this.rebase();
  }

  /** What is in use now is the base line from now on. */
  async rebase(): Promise<void> {
    await turn();
    this.world.leap(1000);
    this.#base = { ...this.#used(), sessions: await this.#sessions() };
  }

  async #sessions(): Promise<number> {
    return Number((await this.server.command("connected_users_number")).out);
  }

  #used(): { sockets: number; timers: number } {
    const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    return { sockets, timers: this.world.timers };
  }

  async #backToBase(patience: number): Promise<void> {
    await until(
      () => {
        // Timers that run only while somebody waits stop when they find nobody.
        this.world.leap(100);
        const used = this.#used();
        return used.sockets <= this.#base.sockets && used.timers <= this.#base.timers;
      },
      () => `${JSON.stringify(this.#used())} is in use, before it was ${JSON.stringify(this.#base)}`,
      patience,
    );
    await until(
      async () => (await this.#sessions()) === this.#base.sessions,
      () => "sessions are left over",
    );
  }
}
