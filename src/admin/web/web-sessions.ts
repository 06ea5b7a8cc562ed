import { createHash } from "node:crypto";
import type { World } from "../../base/world.ts";
import type { Jid } from "../../xmpp/jid.ts";

/** Somebody who has logged in to the pages. */
export interface WebSession {
  /** Bare. */
  readonly account: Jid;
  /** Where it logged in from. */
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What requests of our own pages carry and those of strangers cannot know. */
  readonly csrf: string;
  /** Aborts with its end: what is live on a page ends then too. */
  readonly signal: AbortSignal;
}

interface Entry extends WebSession {
  readonly end: AbortController;
  /** Of the same clock as `World.monotonic`. */
  readonly begun: number;
  used: number;
}

const TOKEN_BYTES = 32;
/** Milliseconds without a request after which a session ends; what a page shows live is no request. */
const IDLE = 60 * 60_000;
/** Milliseconds after which it ends anyway. */
const LONGEST = 12 * 60 * 60_000;
/** Of one account; the oldest makes room. */
const MOST = 20;

export interface WebSessionsOptions {
  readonly world: Pick<World, "now" | "monotonic" | "random">;
  /** Whether the account is still there and may log in. */
  readonly mayStay: (account: Jid) => Promise<boolean>;
}

/** Who has logged in to the pages. They live in memory alone: a restart logs everybody out. */
export class WebSessions {
  readonly #world: WebSessionsOptions["world"];
  readonly #mayStay: WebSessionsOptions["mayStay"];
  /** By the hash of what the cookie holds. */
  readonly #entries = new Map<string, Entry>();

  #closed = false;

  constructor({ world, mayStay }: WebSessionsOptions) {
    this.#world = world;
    this.#mayStay = mayStay;
  }

  /** The text is for the cookie, and nobody can ask for it again. */
  open(account: Jid, address: string): { readonly text: string; readonly session: WebSession } {
    this.#sweep();
    const own = [...this.#entries].filter(([, one]) => one.account.equals(account.bare));
    for (const [key] of own.slice(0, Math.max(0, own.length - MOST + 1))) this.#end(key);
    const text = this.#secret();
    const end = new AbortController();
    const begun = this.#world.monotonic();
    const session: Entry = {
      account: account.bare,
      address,
      since: this.#world.now(),
      csrf: this.#secret(),
      signal: end.signal,
      end,
      begun,
      used: begun,
    };
    this.#entries.set(hashOf(text), session);
    return { text, session };
  }

  /** The server stops: that a session is not found says nothing. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Counts as a use. */
  async find(text: string): Promise<WebSession | undefined> {
    const key = hashOf(text);
    const found = this.#entries.get(key);
    if (found === undefined) return undefined;
    if (this.#isOver(found) || !(await this.#mayStay(found.account))) return void this.#end(key);
    if (found.end.signal.aborted) return undefined;
    found.used = this.#world.monotonic();
    return found;
  }

  /** Ends those whose time is over, with what is live on their pages. */
  expire(): void {
    this.#sweep();
  }

  close(text: string): void {
    this.#end(hashOf(text));
  }

  /** Every session of the account ends; how many there were. */
  closeAll(account: Jid): number {
    const own = [...this.#entries].filter(([, one]) => one.account.equals(account.bare));
    for (const [key] of own) this.#end(key);
    return own.length;
  }

  /** The server stops. */
  closeEverything(): void {
    this.#closed = true;
    for (const key of this.#entries.keys()) this.#end(key);
  }

  #secret(): string {
    return this.#world.random(TOKEN_BYTES).toString("base64url");
  }

  #isOver({ begun, used }: Entry): boolean {
    const now = this.#world.monotonic();
    return now - used >= IDLE || now - begun >= LONGEST;
  }

  #sweep(): void {
    for (const [key, entry] of this.#entries) if (this.#isOver(entry)) this.#end(key);
  }

  #end(key: string): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    entry?.end.abort();
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
