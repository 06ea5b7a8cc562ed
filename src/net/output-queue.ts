/** Bytes of one write to the socket at most, unless a single part is larger: a backlog shrinks visibly and TLS never holds all of it twice. */
const LARGEST_WRITE = 256 * 1024;

/** What waits for the next write of one connection. */
export class OutputQueue {
  #parts: (Uint8Array | string)[] = [];
  #size = 0;

  /** Bytes, text counted as UTF-8. */
  get size(): number {
    return this.#size;
  }

  push(part: Uint8Array | string): void {
    const size = lengthOf(part);
    if (size === 0) return;
    this.#parts.push(part);
    this.#size += size;
  }

  /** The next bytes to write as one exactly sized buffer; undefined when nothing waits. */
  take(limit: number = LARGEST_WRITE): Uint8Array | undefined {
    if (this.#size === 0) return undefined;
    let size = this.#size;
    let parts = this.#parts;
    if (size > limit) {
      let count = 0;
      size = 0;
      while (count < parts.length) {
        const next = lengthOf(parts[count]!);
        if (count > 0 && size + next > limit) break;
        size += next;
        count++;
      }
      parts = this.#parts.splice(0, count);
    } else {
      this.#parts = [];
    }
    this.#size -= size;
    return join(parts, size);
  }

  clear(): void {
    this.#parts = [];
    this.#size = 0;
  }
}

function lengthOf(part: Uint8Array | string): number {
  return typeof part === "string" ? Buffer.byteLength(part) : part.length;
}

function join(parts: readonly (Uint8Array | string)[], size: number): Uint8Array {
  const first = parts[0]!;
  if (parts.length === 1) return typeof first === "string" ? Buffer.from(first) : first;
  const all = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const part of parts) {
    if (typeof part === "string") {
      offset += all.write(part, offset);
    } else {
      all.set(part, offset);
      offset += part.length;
    }
  }
  return all;
}
