/** What a command gives back, and so how every front end shows it. */
export type Result<V> = CodeResult<V> | TextResult<V> | IntegerResult<V> | ListResult<V> | RowsResult<V>;

declare const carried: unique symbol;
interface Carries<V> {
  /** Only for the type; never set. */
  readonly [carried]?: V;
}

/** ejabberd's rescode: prints nothing. `false` is the answer no: `Error: false`, exit 1. */
export interface CodeResult<V> extends Carries<V> {
  readonly kind: "code";
}
/** ejabberd's restuple and string: prints the text. */
export interface TextResult<V> extends Carries<V> {
  readonly kind: "text";
  readonly doc: string;
}
export interface IntegerResult<V> extends Carries<V> {
  readonly kind: "integer";
  readonly doc: string;
}
/** One element a line. */
export interface ListResult<V> extends Carries<V> {
  readonly kind: "list";
  /** What one element is: "user". */
  readonly element: string;
}
/** One row a line, its columns tab separated in this order. */
export interface RowsResult<V> extends Carries<V> {
  readonly kind: "rows";
  readonly columns: readonly string[];
}

export type ResultValue<R> = R extends Result<infer V> ? V : never;

// biome-ignore lint/suspicious/noConfusingVoidType: a command that only does something returns nothing
export function code(): CodeResult<void | boolean> {
  return { kind: "code" };
}

export function text(doc: string): TextResult<string> {
  return { kind: "text", doc };
}

export function integer(doc: string): IntegerResult<number> {
  return { kind: "integer", doc };
}

export function list(element: string): ListResult<readonly string[]> {
  return { kind: "list", element };
}

export function rows<const C extends string>(
  ...columns: readonly C[]
): RowsResult<readonly Readonly<Record<C, string | number>>[]> {
  return { kind: "rows", columns };
}
