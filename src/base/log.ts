export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** Facts beside the event. An Error gives its message and, at level error, its stack. Never a secret, never a stanza's text. */
export type Fields = { readonly [name: string]: unknown };

/** `event` is a short constant phrase ("session opened"); everything that varies is a field. */
export interface Log {
  /** Whether `debug` lines are written; for callers whose fields are dear to make. */
  readonly debugging: boolean;
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
  /** The same log with these fields in every line. */
  with(fields: Fields): Log;
}

/** Lines below this level are not written; it may change at any time. */
export interface LogThreshold {
  level: Level;
}

export interface LogSettings {
  readonly level: Level | LogThreshold;
  /** `json`: one object a line, for journald and collectors. `text`: for a person at a terminal. */
  readonly format: "json" | "text";
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Gets one line, its newline included. */
  readonly write: (line: string) => void;
}

/** Characters of one value (UTF-16 units); what is beyond is counted, not written. */
const LONGEST_VALUE = 512;
const LONGEST_STACK = 4096;

/**
 * Fields with such a name are hidden whatever they hold: a net below the rule that nobody logs a secret.
 */
const SECRET = /pass(word|phrase)?$|secret|token|credential|private.?key|salt|proof/i;

// Everything that a terminal, an editor or a log viewer might obey instead of showing it: C1 controls, zero-width and
// directional characters, line and paragraph separators, tags. JSON.stringify has already escaped C0 and lone surrogates.
const UNSAFE =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

function escapeUnit(character: string): string {
  let escaped = "";
  for (let i = 0; i < character.length; i++) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length - longest} more)`;
}

/** A JSON string literal that is safe in every sink. */
export function quote(text: string, longest: number = LONGEST_VALUE): string {
  return JSON.stringify(cut(text, longest)).replace(UNSAFE, escapeUnit);
}

function plain(value: unknown, level: Level): unknown {
  if (value instanceof Error) {
    const code = (value as NodeJS.ErrnoException).code;
    const prefix = typeof code === "string" && !value.message.includes(code) ? `${code}: ` : "";
    return level === "error" && value.stack !== undefined ? value.stack : `${prefix}${value.message}`;
  }
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "function") return "[function]";
  if (value !== null && typeof value === "object") return describe(value);
  return value;
}

/** Values that know their text (a Jid) give it; anything else becomes JSON. */
function describe(value: object): string {
  if (!Array.isArray(value) && value.toString !== Object.prototype.toString) return String(value);
  try {
    return JSON.stringify(value, (name, inner) => (SECRET.test(name) ? "[hidden]" : inner)) ?? "";
  } catch {
    return "[unprintable]";
  }
}

/** The value as a JSON literal. */
function literal(name: string, value: unknown, level: Level): string {
  if (SECRET.test(name)) return '"[hidden]"';
  let simple: unknown;
  try {
    simple = plain(value, level);
  } catch {
    simple = "[unprintable]";
  }
  if (typeof simple === "string")
    return quote(simple, value instanceof Error ? LONGEST_STACK : LONGEST_VALUE);
  if (typeof simple === "number" && !Number.isFinite(simple)) return `"${simple}"`;
  return JSON.stringify(simple);
}

function jsonLine(time: number, level: Level, event: string, fields: Fields): string {
  let line = `{"time":"${new Date(time).toISOString()}","level":"${level}","event":${quote(event)}`;
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) line += `,${quote(name, 64)}:${literal(name, value, level)}`;
  }
  return `${line}}\n`;
}

const BARE = /^"[\p{L}\p{N}@.:/_+,#[\]()-]+"$/u;

function textLine(time: number, level: Level, event: string, fields: Fields): string {
  const clock = new Date(time).toISOString().slice(11, 23);
  let line = `${clock} ${level.toUpperCase().padEnd(5)} ${quote(event).slice(1, -1)}`;
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    const shown = literal(name, value, level);
    line += ` ${quote(name, 64).slice(1, -1)}=${BARE.test(shown) ? shown.slice(1, -1) : shown}`;
  }
  return `${line}\n`;
}

export function createLog(settings: LogSettings, fixed: Fields = {}): Log {
  const threshold = typeof settings.level === "string" ? { level: settings.level } : settings.level;
  const format = settings.format === "json" ? jsonLine : textLine;
  function writer(level: Level): (event: string, fields?: Fields) => void {
    const rank = LEVELS.indexOf(level);
    return (event, fields) => {
      if (rank < LEVELS.indexOf(threshold.level)) return;
      settings.write(
        format(settings.now(), level, event, fields === undefined ? fixed : { ...fixed, ...fields }),
      );
    };
  }
  return {
    get debugging() {
      return threshold.level === "debug";
    },
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    with: (fields) => createLog({ ...settings, level: threshold }, { ...fixed, ...fields }),
  };
}
