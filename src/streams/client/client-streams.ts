import type { Connection, ConnectionHandler } from "../../kernel/connection.ts";
import { accountRemoved } from "../../kernel/points.ts";
import { ClientStream } from "./client-stream.ts";
import { restoreSessions } from "./restoration.ts";
import type { ResumableSessions } from "./resumable-sessions.ts";
import type { ClientStreamParts } from "./stream-parts.ts";

/** Milliseconds that the end of the server waits for what clients have sent to be handled and for sessions to be stored. */
const SETTLE_WITHIN = 2_000;

/** All client streams of a server. */
export class ClientStreams {
  readonly #parts: ClientStreamParts;
  readonly #open = new Set<ClientStream>();
  readonly #handler: ConnectionHandler;
  #onEmpty: (() => void) | undefined = undefined;

  constructor(parts: ClientStreamParts) {
    this.#parts = parts;
    // Those that have logged in and not bound: their account may be somebody else's by the time they do.
    parts.hooks.on(accountRemoved, "streams", "client streams", ({ account, changes }) => {
      for (const stream of this.#open) {
        if (stream.account?.equals(account)) stream.fail("conflict", "User removed");
      }
      changes.push(...parts.records.removal(account));
    });
    // One handler for all connections: none of them costs a closure.
    this.#handler = {
      bytes: (connection, chunk) => (connection.owner as ClientStream).bytes(chunk),
      secured: (connection) => (connection.owner as ClientStream).secured(),
      drained: (connection) => (connection.owner as ClientStream).drained(),
      closed: (connection, error) => this.#closed(connection.owner as ClientStream, error),
    };
  }

  /** Before the first client: sessions that wait to be resumed are there again. */
  restore(): Promise<void> {
    return restoreSessions(this.#parts);
  }

  /** A client has connected. */
  accept(connection: Connection): void {
    const stream = new ClientStream(connection, this.#parts);
    connection.owner = stream;
    connection.handler = this.#handler;
    this.#open.add(stream);
  }

  /**
   * Ends every stream with `system-shutdown`, sessions that can be resumed are in the store by then. Resolves when all connections are gone. None outlives its
   * end by more than five seconds.
   */
  async shutDown(): Promise<void> {
    const { resumable, records } = this.#parts;
    await this.#within(SETTLE_WITHIN, this.#settle(resumable));
    for (const stream of this.#open) {
      // XEP-0198 §4: before an end that is planned.
      stream.session?.management?.tell();
      stream.lose("system-shutdown");
    }
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
    await records.flush();
  }

  /** What was read is handled and nothing more is read; sessions are stored. */
  async #settle(resumable: ResumableSessions): Promise<void> {
    await Promise.all([...this.#open].map((stream) => stream.halt()));
    await Promise.all([...resumable.all()].map(({ management }) => management!.save()));
  }

  async #within(milliseconds: number, done: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#parts.world.after(milliseconds, resolve);
    await Promise.race([done, promise]).finally(cancel);
  }

  #closed(stream: ClientStream, error: Error | undefined): void {
    stream.closed(error);
    this.#open.delete(stream);
    if (this.#open.size === 0) this.#onEmpty?.();
  }
}
