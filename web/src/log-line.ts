export const LEVELS = ["debug", "info", "warn", "error"] as const;

/** A line of the server's log. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly event: string;
  /** Counted by the page. */
  readonly number: number;
  readonly [field: string]: unknown;
}

/** What a line says beside its event. */
export function fieldsOf(line: LogLine): readonly (readonly [string, string])[] {
  return Object.entries(line)
    .filter(([name]) => !["time", "level", "event", "number"].includes(name))
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}

/** Of this level or above it, with every word of the search somewhere. */
export function isShown(line: LogLine, level: string, search: string): boolean {
  const levels: readonly string[] = LEVELS;
  if (levels.indexOf(line.level) < levels.indexOf(level)) return false;
  const text = `${line.event} ${fieldsOf(line)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
