/** One argument of a command: how its word is read. */
export interface Argument<T> {
  /** "string", "integer": as ejabberd's help shows it. */
  readonly kind: string;
  readonly doc: string;
  /** Completes "must be …". */
  readonly says: string;
  /** Never to be shown or logged; the terminal asks for it without echo when it is the last and missing. */
  readonly secret: boolean;
  /** Asked for twice, because nobody can see a slip. */
  readonly confirm: boolean;
  /** undefined when the word cannot be one. */
  parse(word: string): T | undefined;
}

export type Arguments = { readonly [name: string]: Argument<unknown> };

export type ArgumentValues<A extends Arguments> = {
  readonly [N in keyof A]: A[N] extends Argument<infer T> ? T : never;
};

const shown = { secret: false, confirm: false };

export function text(doc: string): Argument<string> {
  return { kind: "string", doc, says: "text", ...shown, parse: (word) => word };
}

export function integer(doc: string): Argument<number> {
  return {
    kind: "integer",
    doc,
    says: "a whole number",
    ...shown,
    parse(word) {
      // Number("") is 0 and Number("0x10") is 16: only digits are a number here.
      const value = /^-?\d{1,16}$/.test(word) ? Number(word) : Number.NaN;
      return Number.isSafeInteger(value) ? value : undefined;
    },
  };
}

/** A password that exists. */
export function password(doc: string): Argument<string> {
  return { ...text(doc), secret: true };
}

/** A password that is being set. */
export function newPassword(doc: string): Argument<string> {
  return { ...text(doc), secret: true, confirm: true };
}
