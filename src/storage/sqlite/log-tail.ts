/** Which owner has which entry with whom, for the entries of a log that are not in its index yet. Ascending by key. */
export class LogTail {
  owners: Uint32Array<ArrayBuffer> = new Uint32Array(64);
  peers: Uint32Array<ArrayBuffer> = new Uint32Array(64);
  keys: Float64Array<ArrayBuffer> = new Float64Array(64);
  length = 0;
  /** Entries, each with one or several owners. */
  entries = 0;

  /** Takes in an entry with its packed owners: u32 owner, u32 peer, little-endian, for each. */
  push(key: number, owners: Uint8Array): void {
    const count = owners.length >>> 3;
    if (this.length + count > this.keys.length) this.#grow(this.length + count);
    for (let at = 0; at < owners.length; at += 8) {
      this.owners[this.length] = u32(owners, at);
      this.peers[this.length] = u32(owners, at + 4);
      this.keys[this.length] = key;
      this.length += 1;
    }
    this.entries += 1;
  }

  /** Takes back everything after a moment when `length` and `entries` were so. */
  truncate(length: number, entries: number): void {
    this.length = length;
    this.entries = entries;
  }

  /** Forgets the entries up to this key. */
  dropThrough(key: number): void {
    const from = this.firstAfter(key);
    if (from === 0) return;
    let entries = 0;
    for (let at = 0; at < from; at++) if (at === 0 || this.keys[at] !== this.keys[at - 1]) entries += 1;
    this.owners.copyWithin(0, from, this.length);
    this.peers.copyWithin(0, from, this.length);
    this.keys.copyWithin(0, from, this.length);
    this.length -= from;
    this.entries -= entries;
  }

  /** The position of the first entry above `key`. */
  firstAfter(key: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! <= key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(needed: number): void {
    const size = Math.max(needed, this.keys.length * 2);
    const owners = new Uint32Array(size);
    const peers = new Uint32Array(size);
    const keys = new Float64Array(size);
    owners.set(this.owners);
    peers.set(this.peers);
    keys.set(this.keys);
    this.owners = owners;
    this.peers = peers;
    this.keys = keys;
  }
}

export function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
  bytes[at + 3] = value >>> 24;
}
