interface Sent {
  readonly from: string;
  readonly to: string;
  /** Position among all that its sender has sent. */
  readonly place: number;
  readonly body: string;
  acknowledged: boolean;
}

interface Received {
  readonly id: string;
  readonly stanzaId: string | undefined;
}

/** As it stands in an archive. */
export interface Archived {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly stanzaId: string;
}

/** What was sent, what of it the server has acknowledged, and what has arrived: the promise of durability as a check. */
export class Ledger {
  readonly #mark: string;
  readonly #sent = new Map<string, Sent>();
  readonly #places = new Map<string, number>();
  readonly #received = new Map<string, Received[]>();
  readonly #faults: string[] = [];
  acknowledged = 0;
  duplicates = 0;

  /** The ids of its messages begin with `mark`. */
  constructor(mark: string) {
    this.#mark = mark;
  }

  get size(): number {
    return this.#sent.size;
  }

  /** The id of a new message. */
  send(
    from: string,
    to: string,

    length: number,
  ): { readonly id: string; readonly body: string } {
    const place = (this.#places.get(from) ?? 0) + 1;
    this.#places.set(from, place);
    const id = `${this.#mark}-${from}-${place}`;
    const body = `${id} `.padEnd(length, id);
    this.#sent.set(id, { from, to, place, body, acknowledged: false });
    return { id, body };
  }

  acknowledge(id: string): void {
    const sent = this.#sent.get(id)!;
    if (sent.acknowledged) return;
    sent.acknowledged = true;
    this.acknowledged++;
  }

  receive(by: string, from: string, received: Received & { readonly body: string }): void {
    const sent = this.#sent.get(received.id);
    // P3: nothing that was not sent appears.
    if (sent === undefined) this.fault(`${by} got ${received.id}, which nobody has sent`);
    else if (sent.to !== by) this.fault(`${by} got ${received.id}, which is for ${sent.to}`);
    else if (sent.from !== from) this.fault(`${received.id} came from ${from} and was sent by ${sent.from}`);
    else if (sent.body !== received.body) this.fault(`${received.id} came with another body`);
    const list = this.#received.get(by) ?? [];
    list.push({ id: received.id, stanzaId: received.stanzaId });
    this.#received.set(by, list);
  }

  fault(what: string): void {
    this.#faults.push(what);
  }

  /** The archive of a user holds, once each and in order, what was acknowledged, with the id under which it was received. */
  checkArchive(of: string, entries: readonly Archived[]): void {
    const ids = new Set<string>();
    const last = new Map<string, number>();
    const received = new Map(this.#received.get(of)?.map(({ id, stanzaId }) => [id, stanzaId]));
    for (const { id, from, to, stanzaId } of entries) {
      const sent = this.#sent.get(id);
      if (sent === undefined) {
        // What was written before is there too.
        if (id.startsWith(`${this.#mark}-`))
          this.fault(`the archive of ${of} has ${id}, which nobody has sent`);
        continue;
      }
      if (sent.from !== from || sent.to !== to)
        this.fault(`the archive of ${of} has ${id} from ${from} to ${to}`);
      if (ids.has(id)) this.fault(`the archive of ${of} has ${id} twice`);
      ids.add(id);
      // P2: the order of acknowledgement, which for one stream is that of sending.
      if (sent.place < (last.get(from) ?? 0)) this.fault(`the archive of ${of} has ${id} out of order`);
      last.set(from, sent.place);
      const as = received.get(id);
      if (to === of && as !== stanzaId)
        this.fault(`${id} came to ${of} as ${as} and is archived as ${stanzaId}`);
    }
    for (const [id, { from, to, acknowledged }] of this.#sent)
      if (acknowledged && (from === of || to === of) && !ids.has(id))
        this.fault(`${id} was acknowledged and is not in the archive of ${of}`);
  }

  /** Everything that is not as promised. */
  check(): readonly string[] {
    const seen = new Set<string>();
    for (const [by, list] of this.#received) this.#checkReceiver(by, list, seen);
    const gaps = new Map<string, number>();
    for (const [id, { from, place, acknowledged }] of this.#sent) {
      if (acknowledged && !seen.has(id)) this.fault(`${id} was acknowledged and is lost`);
      if (!seen.has(id)) gaps.set(from, Math.min(gaps.get(from) ?? place, place));
    }
    // A stream is taken in order: what was not acknowledged is taken up to some point, and nothing behind it.
    for (const id of seen) {
      const sent = this.#sent.get(id);
      if (sent === undefined) continue;
      const gap = gaps.get(sent.from);
      if (gap !== undefined && gap < sent.place)
        this.fault(`${id} arrived, and number ${gap} of the same stream did not`);
    }
    return this.#faults;
  }

  #checkReceiver(by: string, list: readonly Received[], seen: Set<string>): void {
    const ids = new Map<string, string | undefined>();
    const last = new Map<string, number>();
    for (const { id, stanzaId } of list) {
      const sent = this.#sent.get(id);
      if (sent === undefined) continue;
      if (ids.has(id)) {
        this.duplicates++;
        // P1: at least once, with the same stanza-id.
        if (ids.get(id) !== stanzaId)
          this.fault(`${by} got ${id} twice, as ${ids.get(id)} and as ${stanzaId}`);
        continue;
      }
      ids.set(id, stanzaId);
      seen.add(id);
      const before = last.get(sent.from) ?? 0;
      if (sent.place < before) this.fault(`${by} got ${id} behind number ${before} of the same sender`);
      last.set(sent.from, sent.place);
    }
    const stanzaIds = [...ids.values()].filter((one) => one !== undefined);
    if (new Set(stanzaIds).size < stanzaIds.length) this.fault(`${by} got two messages with one stanza-id`);
  }
}
