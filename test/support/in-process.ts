import { createLog } from "../../src/base/log.ts";
import { systemWorld, type World } from "../../src/base/world.ts";
import type { Accounts } from "../../src/kernel/accounts.ts";
import { type AnyExtension, extension } from "../../src/kernel/extension.ts";
import type { Session, Slot } from "../../src/kernel/sessions.ts";
import type { Change, Storage } from "../../src/kernel/storage.ts";
import { Core } from "../../src/server/core.ts";
import { extensions } from "../../src/server/extensions.ts";
import { MemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import type { Jid } from "../../src/xmpp/jid.ts";
import type { Stanza } from "../../src/xmpp/stanza.ts";
import { hostsOf } from "./hosts.ts";
import { rightsOf } from "./rights.ts";
import { jid, stanza } from "./stanzas.ts";

/** The domain of our own accounts, and one whose stanzas end in `InProcess.abroad`. */
export const HOST = "h.test";
export const ABROAD = "abroad.test";

/** A resource without a stream: what it is sent is kept. */
export class TestSession implements Session {
  readonly jid: Jid;
  readonly account: Jid;
  readonly place = { remoteAddress: "127.0.0.1", remotePort: 50_000, secure: true, loopback: true };
  readonly since = 0;
  readonly lang = undefined;
  readonly hibernatingSince = undefined;
  presence: Stanza | undefined = undefined;
  priority = 0;
  ended = false;
  /** Not taken yet. */
  received: Stanza[] = [];
  #held: Stanza[] | undefined = undefined;
  readonly #slots = new Map<string, unknown>();
  readonly #core: Core;

  constructor(core: Core, full: string) {
    this.#core = core;
    this.jid = jid(full);
    this.account = this.jid.bare;
  }

  send(stanza: Stanza): void {
    if (this.ended) return;
    if (this.#held === undefined) this.received.push(stanza);
    else this.#held.push(stanza);
  }

  async precede(deliver: (write: Session["send"]) => Promise<void>): Promise<void> {
    this.#held = [];
    try {
      await deliver((stanza) => void this.received.push(stanza));
    } finally {
      this.received.push(...this.#held);
      this.#held = undefined;
    }
  }

  writable(): Promise<void> | undefined {
    return undefined;
  }

  end(): void {
    void this.lose();
  }

  state<T>(slot: Slot<T>): T {
    if (!this.#slots.has(slot.name)) this.#slots.set(slot.name, slot.create());
    return this.#slots.get(slot.name) as T;
  }

  began(): void {}

  handled(): void {}

  progress(): readonly Change[] {
    return [];
  }

  progressRefused(): void {}

  /** The client writes this; resolves when it is handled. */
  async write(...stanzas: string[]): Promise<void> {
    for (const xml of stanzas) this.#core.router.receive(this, stanza(this.jid.toString(), xml));
    await this.#core.router.whenSettled(this);
    await turn();
  }

  /** The connection is gone; resolves when everybody knows. */
  async lose(): Promise<void> {
    this.ended = true;
    await this.#core.sessions.remove(this);
  }

  /** What was received since the last time. */
  take(): Stanza[] {
    return this.received.splice(0);
  }

  /** The same as lines of `show`. */
  lines(): string[] {
    return this.take().map(show);
  }
}

/** What is left to be done in this turn of the event loop is done then. */
export async function turn(): Promise<void> {
  for (let n = 0; n < 3; n++) await new Promise<void>((resolve) => setImmediate(resolve));
}

export interface InProcessOptions {
  /** Local parts at `HOST`. */
  readonly accounts: readonly string[];
  readonly storage?: Storage;
  readonly world?: World;
  /** Loaded behind all others. */
  readonly extensions?: readonly AnyExtension[];
  /** Options of extensions by their names. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Everything behind the sockets of one server, and a domain abroad that takes everything. */
export class InProcess {
  readonly core: Core;
  readonly storage: Storage;
  /** What went to `ABROAD`. */
  readonly abroad: Stanza[] = [];
  readonly accounts: Set<string>;
  /** Log lines of level error. */
  readonly errors: string[] = [];
  readonly #started: Promise<void>;

  constructor(options: InProcessOptions) {
    const world = options.world ?? systemWorld();
    this.storage = options.storage ?? new MemoryStorage();
    this.accounts = new Set(options.accounts.map((local) => `${local}@${HOST}`));
    const foreign: AnyExtension = extension({
      name: "abroad",
      doc: "A domain that takes everything.",
      xeps: {},
      features: [],
      setup: ({ domains }) =>
        domains.serve(ABROAD, {
          deliver: (stanza) => {
            this.abroad.push(stanza);
            return "delivered";
          },
        }),
    });
    this.core = new Core({
      world,
      log: createLog({
        level: "error",
        format: "json",
        now: () => world.now(),
        write: (line) => this.errors.push(line),
      }),
      storage: this.storage,
      hosts: hostsOf(HOST),
      rights: rightsOf(),
      accounts: { exists: (account: Jid) => this.accounts.has(account.toString()) } as Accounts,
      extensions: [...extensions, foreign, ...(options.extensions ?? [])],
      extensionOptions: new Map(Object.entries(options.options ?? {})) as never,
      limits: () => ({ resources: 10, pending: 100 }),
      version: "0",
    });
    this.#started = this.core.start();
  }

  /** A bound resource; with `presence` an available one, with `roster` an interested one. What it got by that is taken. */
  async login(
    full: string,
    { presence = "<presence/>", roster = true }: { presence?: string | false; roster?: boolean } = {},
  ): Promise<TestSession> {
    await this.#started;
    const session = new TestSession(this.core, full);
    await this.core.sessions.add(session);
    if (roster) await session.write("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
    if (presence !== false) await session.write(presence);
    session.take();
    return session;
  }

  /** Puts a contact into a roster that nobody has read yet. */
  async contact(account: string, contact: string, subscription: string, more: object = {}): Promise<void> {
    const item = { subscription, version: 1, ...more };
    await this.storage.commit([this.storage.map("roster").set(jid(account), contact, item)]);
  }

  /** What went to `ABROAD` since the last time, as lines of `show`. */
  left(): string[] {
    return this.abroad.splice(0).map(show);
  }

  /** A stanza from abroad. */
  async arrive(from: string, xml: string): Promise<void> {
    await this.#started;
    await this.core.router.send(stanza(from, xml));
    await turn();
  }
}

/** One line: kind, type, from, to, and for roster pushes the item. */
export function show(stanza: Stanza): string {
  const item = stanza.child("query", "jabber:iq:roster")?.child("item");
  if (stanza.kind === "iq" && item !== undefined) {
    const attributes = ["subscription", "ask", "approved"].map((name) => item.attr(name));
    return ["push", item.attr("jid"), ...attributes.filter((value) => value !== undefined)].join(" ");
  }
  return `${stanza.kind} ${stanza.type ?? "available"} ${stanza.from} > ${stanza.to}`;
}
