import { mismatch, type Range, rangeWords, type Type, within } from "./option-types.ts";

interface Unit {
  readonly factor: number;
  /** The first one is written, in its plural where it has one. */
  readonly names: readonly string[];
}

const DURATIONS: readonly Unit[] = [
  { factor: 7 * 86_400_000, names: ["weeks", "week"] },
  { factor: 86_400_000, names: ["days", "day", "d"] },
  { factor: 3_600_000, names: ["hours", "hour", "h"] },
  { factor: 60_000, names: ["minutes", "minute", "min", "m"] },
  { factor: 1000, names: ["seconds", "second", "sec", "s"] },
  { factor: 1, names: ["ms", "milliseconds", "millisecond"] },
];

const SIZES: readonly Unit[] = [
  { factor: 1024 ** 3, names: ["GiB"] },
  { factor: 1024 ** 2, names: ["MiB"] },
  { factor: 1024, names: ["KiB"] },
  { factor: 1000 ** 3, names: ["GB"] },
  { factor: 1000 ** 2, names: ["MB"] },
  { factor: 1000, names: ["KB", "kB"] },
  { factor: 1, names: ["bytes", "byte", "B"] },
];

function parseQuantity(text: string, units: readonly Unit[]): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,9})?) ?([A-Za-z]+)$/.exec(text);
  if (match === null) return undefined;
  const unit = units.find((candidate) => candidate.names.includes(match[2]!));
  return unit === undefined ? undefined : Math.round(Number(match[1]) * unit.factor);
}

function writeQuantity(value: number, units: readonly Unit[]): string {
  const unit = units.find((candidate) => value > 0 && value % candidate.factor === 0) ?? units.at(-1)!;
  const count = value / unit.factor;
  const name = unit.names[0]!;
  return `${count} ${count === 1 && name.endsWith("s") && name !== "ms" ? name.slice(0, -1) : name}`;
}

function quantityType(what: string, range: Range, units: readonly Unit[], bare: number): Type<number> {
  const write = (value: number): string => writeQuantity(value, units);
  const names = units.flatMap((unit) => unit.names).join("|");
  const type: Type<number> = {
    says: `${what}${rangeWords(range, write)}`,
    schema: {
      anyOf: [
        { type: "number", minimum: 0 },
        { type: "string", pattern: `^[0-9]+(\\.[0-9]+)? ?(${names})$` },
      ],
    },
    read(value, at, report) {
      const number =
        typeof value === "number" && value >= 0
          ? Math.round(value * bare)
          : typeof value === "string"
            ? parseQuantity(value.trim(), units)
            : undefined;
      if (number !== undefined && Number.isSafeInteger(number) && within(number, range)) return number;
      return mismatch(type, value, at, report);
    },
    write,
  };
  return type;
}

/** "5 minutes", "30 s", or a number of seconds; becomes milliseconds. Bounds are in milliseconds. */
export function durationType(range: Range = {}): Type<number> {
  return quantityType('a duration such as "5 minutes" or a number of seconds', range, DURATIONS, 1000);
}

/** "256 KiB", "10 MB", or a number of bytes; becomes bytes. */
export function sizeType(range: Range = {}): Type<number> {
  return quantityType('a size such as "256 KiB" or a number of bytes', range, SIZES, 1);
}
