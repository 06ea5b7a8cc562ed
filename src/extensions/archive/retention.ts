import type { Log } from "../../base/log.ts";
import type { World } from "../../base/world.ts";
import type { MessageArchive } from "../../kernel/archive.ts";
import type { Domains } from "../../kernel/router.ts";
import { StorageError } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";

/** Milliseconds from the start, and from the end of one round to the next. */
const PAUSE = 3_600_000;

/** Accounts asked for at once. */
const OWNERS = 100;

/** How much an archive keeps; what is undefined has no limit. */
export interface Limits {
  /** Milliseconds. */
  readonly age: number | undefined;
  readonly messages: number | undefined;
}

/** Takes the oldest messages out of archives, one account after the other: there is never more than one thing that the store has to do for it. */
export class Retention {
  readonly #archive: MessageArchive;
  readonly #domains: Pick<Domains, "hosts">;
  readonly #world: World;
  readonly #log: Log;
  readonly #limits: () => Limits;

  /** `limits` may say something else every time. */
  constructor(
    archive: MessageArchive,
    domains: Pick<Domains, "hosts">,
    world: World,
    log: Log,
    limits: () => Limits,
  ) {
    this.#archive = archive;
    this.#domains = domains;
    this.#world = world;
    this.#log = log;
    this.#limits = limits;
  }

  start(): void {
    this.#world.after(PAUSE, () => {
      void this.#round().finally(() => this.start());
    });
  }

  async #round(): Promise<void> {
    const { age, messages } = this.#limits();
    if (age === undefined && messages === undefined) return;
    try {
      for (const domain of this.#domains.hosts) await this.#host(domain);
    } catch (error) {
      // The end of the server is none.
      if (error instanceof StorageError && error.fault === "closed") return;
      this.#log.warn("old messages could not be removed from archives", { error });
    }
  }

  async #host(domain: string): Promise<void> {
    let owners: readonly Jid[] = [];
    do {
      const last = owners.at(-1)?.local;
      const after = last === undefined ? {} : { after: last };
      owners = await this.#archive.owners({ domain, limit: OWNERS, ...after });
      for (const account of owners) await this.#account(account);
    } while (owners.length === OWNERS);
  }

  /** Looks first: nearly always there is nothing to write. */
  async #account(account: Jid): Promise<void> {
    const { age, messages } = this.#limits();
    const since = age === undefined ? 0 : Math.max(0, this.#archive.keyAt(this.#world.now() - age));
    const old = since > 0 && (await this.#archive.page(account, { before: since, limit: 1 })).length > 0;
    const many = messages !== undefined && (await this.#archive.count(account)) > messages;
    if (!old && !many) return;
    await this.#archive.trim(account, { ...(old ? { since } : {}), ...(many ? { newest: messages } : {}) });
  }
}
