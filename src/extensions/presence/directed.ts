import type { Session, Slot } from "../../kernel/sessions.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";

/** Whom a session has sent directed presence, and who has to hear of its end (RFC 6121 §4.6). */
export class DirectedPresence {
  /** Bare JID → the addresses that were used, as they were used. */
  readonly #entities = new Map<string, Map<string, Jid>>();
  #count = 0;

  static to(entities: readonly Jid[]): DirectedPresence {
    const directed = new DirectedPresence();
    for (const entity of entities) directed.add(entity, entities.length);
    return directed;
  }

  /** @throws StanzaError resource-constraint when `limit` entities are there already: one that is not remembered would never hear of the end */
  add(entity: Jid, limit: number): void {
    const bare = entity.bare.toString();
    const full = entity.toString();
    let used = this.#entities.get(bare);
    if (used?.has(full)) return;
    if (this.#count >= limit) {
      throw new StanzaError("resource-constraint", { text: "Presence was sent to too many addresses" });
    }
    if (used === undefined) {
      used = new Map();
      this.#entities.set(bare, used);
    }
    used.set(full, entity);
    this.#count++;
  }

  delete(entity: Jid): void {
    const bare = entity.bare.toString();
    const used = this.#entities.get(bare);
    if (used?.delete(entity.toString())) this.#count--;
    if (used?.size === 0) this.#entities.delete(bare);
  }

  /** Forgets a bare JID with all its resources. */
  deleteAll(bare: Jid): void {
    const name = bare.toString();
    this.#count -= this.#entities.get(name)?.size ?? 0;
    this.#entities.delete(name);
  }

  /** Whether presence went to exactly this address, or to the bare JID that it belongs to. */
  covers(entity: Jid): boolean {
    const used = this.#entities.get(entity.bare.toString());
    return used !== undefined && (used.has(entity.toString()) || used.has(entity.bare.toString()));
  }

  /** Whether presence went to this bare JID or to any of its resources. */
  reaches(bare: Jid): boolean {
    return this.#entities.has(bare.toString());
  }

  /** The addresses that `wanted` names; they are not left. */
  takeThose(wanted: (entity: Jid) => boolean): readonly Jid[] {
    const taken = [...this.#entities.values()].flatMap((used) => [...used.values()].filter(wanted));
    for (const entity of taken) this.delete(entity);
    return taken;
  }

  get empty(): boolean {
    return this.#count === 0;
  }

  all(): readonly Jid[] {
    return [...this.#entities.values()].flatMap((used) => [...used.values()]);
  }

  /** All addresses; none is left. */
  take(): readonly Jid[] {
    const all = this.all();
    this.#entities.clear();
    this.#count = 0;
    return all;
  }
}

const slot: Slot<DirectedPresence> = {
  name: "directed-presence",
  create: () => new DirectedPresence(),
  save: (directed) => (directed.empty ? undefined : directed.all().map(String)),
  load: (saved) => DirectedPresence.to((saved as readonly string[]).map((text) => Jid.parse(text)!)),
};

export function directedPresence(session: Session): DirectedPresence {
  return session.state(slot);
}
