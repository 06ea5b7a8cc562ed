/** What the store keeps of a roster's versions. */
export interface StoredHistory {
  /** Made by chance with the first change, so that versions of an account that was removed and registered anew differ from the old ones. */
  readonly epoch: string;
  /** Of the last change. */
  readonly version: number;
  /** Removals up to this version are not in `removed` any more. */
  readonly forgotten: number;
  /** Bare JIDs of contacts that were removed and are not back, with the version of the removal; ascending. */
  readonly removed: readonly (readonly [contact: string, version: number])[];
}

/** Removals that are remembered; who has missed more gets the whole roster. */
const REMEMBERED = 100;

const UNTOUCHED: StoredHistory = { epoch: "", version: 0, forgotten: 0, removed: [] };

/** A roster's versions (RFC 6121 §2.6). Immutable: each change makes the next one. */
export class RosterHistory {
  readonly stored: StoredHistory;

  constructor(stored: StoredHistory = UNTOUCHED) {
    this.stored = stored;
  }

  get version(): number {
    return this.stored.version;
  }

  /** After one more change, to this contact. `epoch` gives the name of a new history. */
  after(contact: string, removed: boolean, epoch: () => string): RosterHistory {
    const { stored } = this;
    const version = stored.version + 1;
    const gone = stored.removed.filter(([name]) => name !== contact);
    if (removed) gone.push([contact, version]);
    const dropped = gone.length > REMEMBERED ? gone.shift() : undefined;
    return new RosterHistory({
      epoch: stored.epoch === "" ? epoch() : stored.epoch,
      version,
      forgotten: dropped?.[1] ?? stored.forgotten,
      removed: gone,
    });
  }

  /** The `ver` that stands for a version, this one unless another is named. */
  ver(version: number = this.version): string {
    return `${this.stored.epoch}${version}`;
  }

  /** The version that a client's `ver` stands for, when everything that has changed since is known. */
  read(ver: string): number | undefined {
    const { epoch, version, forgotten } = this.stored;
    const digits = ver.slice(epoch.length);
    if (!ver.startsWith(epoch) || !/^(?:0|[1-9][0-9]{0,14})$/.test(digits)) return undefined;
    const known = Number(digits);
    return known >= forgotten && known <= version ? known : undefined;
  }
}
