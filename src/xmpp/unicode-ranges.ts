/**
 * A property of all code points. Packed it is a list of runs from U+0000 on, each the value (one capital letter) and the
 * run's length in base 36 (`D10V5` is 36 × D, then 5 × V); it is unpacked at the first question.
 */
export class RangeTable {
  readonly #packed: string;
  #starts: Uint32Array | undefined;
  #values = "";

  constructor(packed: string) {
    this.#packed = packed;
  }

  /** The letter that stands for the value at `codePoint` (0 to 0x10FFFF). */
  at(codePoint: number): string {
    const starts = this.#starts ?? this.#unpack();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= codePoint) low = middle;
      else high = middle - 1;
    }
    return this.#values.charAt(low);
  }

  #unpack(): Uint32Array {
    const runs = this.#packed.match(/[A-Z][0-9a-z]+/g) ?? [];
    const starts = new Uint32Array(runs.length);
    const values: string[] = [];
    let next = 0;
    for (const [index, run] of runs.entries()) {
      starts[index] = next;
      values.push(run.charAt(0));
      next += Number.parseInt(run.slice(1), 36);
    }
    this.#values = values.join("");
    this.#starts = starts;
    return starts;
  }
}

/**
 * What single code points are mapped to. Packed it is a list of `cp:t` or `cp:t.t.t` in base 36, separated by commas; `cp`
 * is the distance from the one before.
 */
export class MappingTable {
  readonly #packed: string;
  #targets: Map<number, string> | undefined;

  constructor(packed: string) {
    this.#packed = packed;
  }

  at(codePoint: number): string | undefined {
    this.#targets ??= this.#unpack();
    return this.#targets.get(codePoint);
  }

  #unpack(): Map<number, string> {
    const targets = new Map<number, string>();
    let codePoint = 0;
    for (const entry of this.#packed.split(",")) {
      const [distance = "", target = ""] = entry.split(":");
      codePoint += Number.parseInt(distance, 36);
      targets.set(
        codePoint,
        String.fromCodePoint(...target.split(".").map((each) => Number.parseInt(each, 36))),
      );
    }
    return targets;
  }
}
