const EMPTY = Buffer.alloc(0);
const SMALL = 256;

/**
 * Bytes that were received and not read yet: a chunk that belongs to the caller, or a buffer of our own once something has to
 * outlive the chunk. Copying is linear in what is pushed, however it is cut.
 */
export class InputBuffer {
  bytes: Buffer = EMPTY;
  /** Offset of the first byte to read. */
  at = 0;
  /** Offset behind the last byte. */
  end = 0;
  #own = false;

  /**
   * Adds a chunk; what stands before `from` is not needed any more. Everything in the buffer moves towards the front by the
   * number of bytes returned; `at` has moved already.
   */
  push(chunk: Buffer, from: number): number {
    const kept = this.end - from;
    if (kept === 0) {
      this.bytes = chunk;
      this.at = 0;
      this.end = chunk.length;
      this.#own = false;
      return from;
    }
    const distance =
      this.#own && this.end + chunk.length <= this.bytes.length ? 0 : this.#move(from, chunk.length);
    chunk.copy(this.bytes, this.end);
    this.end += chunk.length;
    return distance;
  }

  /** The chunk goes back to its owner; what stands from `from` on is kept. Returns the distance as `push` does. */
  keep(from: number): number {
    const kept = this.end - from;
    if (kept === 0) {
      this.clear();
      return from;
    }
    const roomy = this.bytes.length > 16 * SMALL && kept * 4 < this.bytes.length;
    return this.#own && !roomy ? 0 : this.#move(from, 0);
  }

  clear(): void {
    this.bytes = EMPTY;
    this.at = 0;
    this.end = 0;
    this.#own = false;
  }

  // Twice what is needed, so that as much has to come in before the next move as this one copies.
  #move(from: number, more: number): number {
    const kept = this.end - from;
    const target = Buffer.allocUnsafeSlow(Math.max(SMALL, (kept + more) * 2));
    this.bytes.copy(target, 0, from, this.end);
    this.bytes = target;
    this.at -= from;
    this.end = kept;
    this.#own = true;
    return from;
  }
}
