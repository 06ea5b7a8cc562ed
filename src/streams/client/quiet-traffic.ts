import { CHAT_STATES, isPassing } from "../../xmpp/passing-content.ts";
import type { Stanza } from "../../xmpp/stanza.ts";

/** Above either of these what waits goes out: a client that is away for long must not cost more and more. */
const MOST_STANZAS = 200;
const MOST_BYTES = 128 * 1024;

/**
 * What need not wake a client whose user does not look (XEP-0352 §3.2): the presence of others, and who is typing. Of each sender only the latest of a kind
 * is worth knowing afterwards.
 */
export class QuietTraffic {
  /** By kind and sender, in the order of the latest ones. */
  readonly #waiting = new Map<string, Stanza>();
  #bytes = 0;

  /** True when the stanza may wait, and does. Everything else has to go out behind what `take` gives. */
  hold(stanza: Stanza): boolean {
    const kind = quietKind(stanza);
    if (kind === undefined) return false;
    if (this.#waiting.size >= MOST_STANZAS || this.#bytes >= MOST_BYTES) return false;
    const name = `${kind} ${stanza.from}`;
    const earlier = this.#waiting.get(name);
    if (earlier !== undefined) {
      this.#bytes -= earlier.bytes().length;
      this.#waiting.delete(name);
    }
    const kept = stanza.kept();
    this.#waiting.set(name, kept);
    this.#bytes += kept.bytes().length;
    return true;
  }

  /** Everything that waits, in order; it waits no more. */
  take(): readonly Stanza[] {
    if (this.#waiting.size === 0) return [];
    const taken = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#bytes = 0;
    return taken;
  }
}

/** undefined for what somebody may be waiting for. */
function quietKind(stanza: Stanza): "presence" | "typing" | undefined {
  const { kind, type } = stanza;
  if (kind === "presence") return type === undefined || type === "unavailable" ? "presence" : undefined;
  if (kind !== "message" || type === "error" || stanza.children.length === 0) return undefined;
  if (!stanza.children.every(isPassing)) return undefined;
  return stanza.has(undefined, CHAT_STATES) ? "typing" : undefined;
}
