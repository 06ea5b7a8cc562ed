/** Numbers, sizes and times as people of this language write them. */
export class Format {
  readonly #lang: string;
  readonly #whole: Intl.NumberFormat;
  readonly #precise: Intl.NumberFormat;

  constructor(lang: string) {
    this.#lang = lang;
    this.#whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
    this.#precise = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  }

  /** With one digit behind the point below a hundred. */
  number(value: number): string {
    return (Math.abs(value) < 100 ? this.#precise : this.#whole).format(value);
  }

  megabytes(bytes: number): string {
    return `${this.number(bytes / 1024 / 1024)} MiB`;
  }

  milliseconds(value: number): string {
    return `${this.number(value)} ms`;
  }

  /** "3 d 4 h", "4 h 12 min", "12 min 5 s". */
  duration(seconds: number): string {
    const parts: readonly (readonly [number, string])[] = [
      [Math.floor(seconds / 86_400), "d"],
      [Math.floor(seconds / 3600) % 24, "h"],
      [Math.floor(seconds / 60) % 60, "min"],
      [Math.floor(seconds) % 60, "s"],
    ];
    const first = parts.findIndex(([value]) => value > 0);
    if (first < 0) return "0 s";
    return parts
      .slice(first, first + 2)
      .filter(([value]) => value > 0)
      .map(([value, unit]) => `${value} ${unit}`)
      .join(" ");
  }

  time(milliseconds: number): string {
    return new Date(milliseconds).toLocaleString(this.#lang);
  }

  clock(milliseconds: number): string {
    return new Date(milliseconds).toLocaleTimeString(this.#lang, { hour12: false });
  }
}
