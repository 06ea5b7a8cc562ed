import type { Jid } from "../../xmpp/jid.ts";

/** Gives addresses numbers, so that each text goes to the writer once and not with every message. */
export class AddressBook {
  readonly #limit: number;
  #domains = new Map<string, Map<string, number>>();
  #next = 1;
  #fresh: string[] = [];
  #reset = false;
  /** The last two that were asked for: a message names its sender and its receiver twice. */
  #recent: Jid | undefined;
  #recentHandle = 0;
  #before: Jid | undefined;
  #beforeHandle = 0;

  /** `limit`: so many handles are given out before they start anew. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The handle of an address without its resource; the writer knows it after the next `take`. */
  handle(jid: Jid): number {
    if (jid === this.#recent) return this.#recentHandle;
    if (jid === this.#before) return this.#beforeHandle;
    const handle = this.#find(jid);
    this.#before = this.#recent;
    this.#beforeHandle = this.#recentHandle;
    this.#recent = jid;
    this.#recentHandle = handle;
    return handle;
  }

  /** What the packet that goes now has to say about handles. The next packet may begin with no handle known. */
  take(): { readonly reset: boolean; readonly addresses: readonly string[] | undefined } {
    const taken = { reset: this.#reset, addresses: this.#fresh.length === 0 ? undefined : this.#fresh };
    this.#fresh = [];
    this.#reset = this.#next > this.#limit;
    if (this.#reset) {
      this.#domains = new Map();
      this.#next = 1;
      this.#recent = undefined;
      this.#before = undefined;
    }
    return taken;
  }

  #find(jid: Jid): number {
    let locals = this.#domains.get(jid.domain);
    if (locals === undefined) {
      locals = new Map();
      this.#domains.set(jid.domain, locals);
    }
    let handle = locals.get(jid.local);
    if (handle === undefined) {
      handle = this.#next++;
      locals.set(jid.local, handle);
      this.#fresh.push(jid.domain, jid.local);
    }
    return handle;
  }
}
