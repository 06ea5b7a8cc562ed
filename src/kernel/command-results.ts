/** What a command gives back, and so how every front end shows it. */
export type Result<V> =
  | CodeResult<V>
  | TextResult<V>
  | IntegerResult<V>
  | ListResult<V>
  | RowResult<V>
  | RowsResult<V>;

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
/** ejabberd's tuple: one line, its columns tab separated in this order. */
export interface RowResult<V> extends Carries<V> {
  readonly kind: "row";
  readonly columns: Columns;
}
/** Such a line for each of several. */
export interface RowsResult<V> extends Carries<V> {
  readonly kind: "rows";
  readonly columns: Columns;
}

/** A list within a row has commas between its elements. */
export type ColumnType = "string" | "integer" | "list";

/** In the order in which they are shown. */
export type Columns = { readonly [name: string]: ColumnType };

export type ColumnValue = string | number | readonly string[];

type Row<C extends Columns> = {
  readonly [N in keyof C]: C[N] extends "integer" ? number : C[N] extends "list" ? readonly string[] : string;
};

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

/** `row({ jid: "string", show: "string" })` */
export function row<const C extends Columns>(columns: C): RowResult<Row<C>> {
  return { kind: "row", columns };
}

export function rows<const C extends Columns>(columns: C): RowsResult<readonly Row<C>[]> {
  return { kind: "rows", columns };
}
