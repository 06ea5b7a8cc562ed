import type { Rows } from "./protocol.ts";

/** Collects rows for a reply; their values leave in one buffer. */
export class RowPacker {
  readonly #keys: number[] = [];
  readonly #texts: string[] = [];
  readonly #values: Uint8Array[] = [];
  #size = 0;

  add(key: number, text: string, value: Uint8Array): void {
    this.#keys.push(key);
    this.#texts.push(text);
    this.#values.push(value);
    this.#size += value.length;
  }

  rows(): Rows {
    const memory = new ArrayBuffer(this.#size);
    const bytes = new Uint8Array(memory);
    let at = 0;
    for (const value of this.#values) {
      bytes.set(value, at);
      at += value.length;
    }
    return { keys: this.#keys, texts: this.#texts, sizes: this.#values.map(({ length }) => length), memory };
  }
}
