import type { Log } from "../../base/log.ts";
import type { World } from "../../base/world.ts";
import type { Session } from "../../kernel/sessions.ts";
import type { Change, DocumentStore } from "../../kernel/storage.ts";
import { Jid } from "../../xmpp/jid.ts";
import type { Announcement, Announcements } from "./announcements.ts";

export interface StoredDay extends Announcement {
  /** Another one with each change, so that who has seen the last one sees this too. */
  readonly id: string;
}

export interface DayStores {
  /** By host. */
  readonly day: DocumentStore<StoredDay>;
  /** By account: the id of the last one that it has got. */
  readonly seen: DocumentStore<string>;
}

export interface DayParts {
  readonly stores: DayStores;
  readonly announcements: Announcements;
  readonly world: Pick<World, "random">;
  readonly log: Log;
  readonly commit: (batch: readonly Change[]) => Promise<void>;
}

/** The message of the day: every user of a host gets it once, with the first session that takes messages. */
export class MessageOfTheDay {
  readonly #parts: DayParts;
  /** What the store says, by host; undefined where there is none. */
  readonly #known = new Map<string, StoredDay | undefined>();
  /** Accounts to which it is on its way. */
  readonly #giving = new Set<string>();

  constructor(parts: DayParts) {
    this.#parts = parts;
  }

  /** @throws StorageError */
  async of(host: string): Promise<StoredDay | undefined> {
    if (this.#known.has(host)) return this.#known.get(host);
    const stored = await this.#parts.stores.day.get(hostJid(host));
    if (!this.#known.has(host)) this.#known.set(host, stored);
    return this.#known.get(host);
  }

  /** For those who come from now on, and with `now` for those who are there. @throws StorageError */
  async set(host: string, announcement: Announcement, now: boolean): Promise<void> {
    const { stores, commit, world, announcements } = this.#parts;
    const day: StoredDay = { ...announcement, id: world.random(8).toString("hex") };
    await commit([stores.day.set(hostJid(host), day)]);
    this.#known.set(host, day);
    if (!now) return;
    const reached = await announcements.toOnline([host], announcement);
    if (reached.length > 0) await commit(reached.map((account) => stores.seen.set(account, day.id)));
  }

  /** False: there was none. @throws StorageError */
  async delete(host: string): Promise<boolean> {
    if ((await this.of(host)) === undefined) return false;
    await this.#parts.commit([this.#parts.stores.day.remove(hostJid(host))]);
    this.#known.set(host, undefined);
    return true;
  }

  /** The session takes messages. */
  give(session: Session): void {
    const host = session.jid.domain;
    if (this.#known.has(host) && this.#known.get(host) === undefined) return;
    const name = session.account.toString();
    if (this.#giving.has(name)) return;
    this.#giving.add(name);
    this.#give(session, host)
      .catch((error: unknown) =>
        this.#parts.log.error("the message of the day failed", { account: session.account, error }),
      )
      .finally(() => this.#giving.delete(name));
  }

  async #give({ jid, account }: Session, host: string): Promise<void> {
    const { stores, announcements, commit } = this.#parts;
    const day = await this.of(host);
    if (day === undefined || (await stores.seen.get(account)) === day.id) return;
    if ((await announcements.send(jid, "headline", day)) !== "delivered") return;
    await commit([stores.seen.set(account, day.id)]);
  }
}

function hostJid(host: string): Jid {
  return Jid.of("", host)!;
}
