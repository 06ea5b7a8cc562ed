/** Writes numbers, texts and bytes one after the other into a buffer that grows. Little-endian, nothing aligned. */
export class Packer {
  #buffer: Buffer<ArrayBuffer>;
  #view: DataView;
  /** Bytes written. */
  length = 0;

  constructor(memory: ArrayBuffer) {
    this.#buffer = Buffer.from(memory);
    this.#view = new DataView(memory);
  }

  get memory(): ArrayBuffer {
    return this.#buffer.buffer;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#view.setUint8(this.length, value);
    this.length += 1;
  }

  u16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.length, value, true);
    this.length += 2;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  /** Overwrites what `u32` wrote at `position`. */
  u32At(position: number, value: number): void {
    this.#view.setUint32(position, value, true);
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  text(value: string): void {
    this.#reserve(4 + value.length * 3);
    const size = this.#buffer.write(value, this.length + 4, "utf8");
    this.#view.setUint32(this.length, size, true);
    this.length += 4 + size;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(4 + value.length);
    this.#view.setUint32(this.length, value.length, true);
    this.#buffer.set(value, this.length + 4);
    this.length += 4 + value.length;
  }

  #reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.#buffer.length) return;
    const memory = new ArrayBuffer(Math.max(needed, this.#buffer.length * 2));
    const buffer = Buffer.from(memory);
    this.#buffer.copy(buffer, 0, 0, this.length);
    this.#buffer = buffer;
    this.#view = new DataView(memory);
  }
}

/** Reads what a Packer wrote. */
export class Unpacker {
  readonly #buffer: Buffer<ArrayBuffer>;
  readonly #view: DataView;
  position = 0;

  constructor(memory: ArrayBuffer) {
    this.#buffer = Buffer.from(memory);
    this.#view = new DataView(memory);
  }

  u8(): number {
    this.position += 1;
    return this.#view.getUint8(this.position - 1);
  }

  u16(): number {
    this.position += 2;
    return this.#view.getUint16(this.position - 2, true);
  }

  u32(): number {
    this.position += 4;
    return this.#view.getUint32(this.position - 4, true);
  }

  f64(): number {
    this.position += 8;
    return this.#view.getFloat64(this.position - 8, true);
  }

  text(): string {
    const size = this.u32();
    this.position += size;
    return this.#buffer.toString("utf8", this.position - size, this.position);
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    const size = this.u32();
    this.position += size;
    return new Uint8Array(this.#buffer.buffer, this.position - size, size);
  }
}
