// XEP-0004: Data Forms
import { type Element, element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";

export const DATA_FORM = "jabber:x:data";

export type FieldType =
  | "jid-multi"
  | "jid-single"
  | "list-single"
  | "text-multi"
  | "text-private"
  | "text-single";

/** A field to be filled in, or filled in. */
export interface FormField {
  readonly name: string;
  readonly type: FieldType;
  readonly label: string;
  readonly required?: boolean;
  /** Of `list-single`. */
  readonly options?: readonly string[];
  readonly values?: readonly string[];
}

export type FormValues = ReadonlyMap<string, readonly string[]>;

function fieldElement({ name, type, label, required, options, values }: FormField): Element {
  const value = (text: string): Element => element("value", DATA_FORM, {}, text);
  return element(
    "field",
    DATA_FORM,
    { var: name, type, label },
    required === true ? element("required", DATA_FORM) : undefined,
    ...(options ?? []).map((option) => element("option", DATA_FORM, { label: option }, value(option))),
    ...(values ?? []).map(value),
  );
}

/** What a form is about. */
export interface FormHead {
  readonly title: string;
  readonly instructions?: string;
  /** FORM_TYPE (XEP-0068). */
  readonly kind?: string;
}

function head({ title, instructions, kind }: FormHead): (Element | undefined)[] {
  return [
    element("title", DATA_FORM, {}, title),
    instructions === undefined ? undefined : element("instructions", DATA_FORM, {}, instructions),
    kind === undefined
      ? undefined
      : element(
          "field",
          DATA_FORM,
          { var: "FORM_TYPE", type: "hidden" },
          element("value", DATA_FORM, {}, kind),
        ),
  ];
}

export function form(type: "form" | "result", about: FormHead, fields: readonly FormField[]): Element {
  return element("x", DATA_FORM, { type }, ...head(about), ...fields.map(fieldElement));
}

/** Rows of the same columns (XEP-0004 §3.4). */
export function table(
  about: FormHead,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, string>>[],
): Element {
  const reported = columns.map((name) => element("field", DATA_FORM, { var: name, label: name }));
  const items = rows.map((row) =>
    element(
      "item",
      DATA_FORM,
      {},
      ...columns.map((name) =>
        element("field", DATA_FORM, { var: name }, element("value", DATA_FORM, {}, row[name] ?? "")),
      ),
    ),
  );
  return element(
    "x",
    DATA_FORM,
    { type: "result" },
    ...head(about),
    element("reported", DATA_FORM, {}, ...reported),
    ...items,
  );
}

/** The values of a submitted form. @throws StanzaError bad-request */
export function submitted(source: Element): FormValues {
  const values = new Map<string, readonly string[]>();
  for (const field of source.elements()) {
    if (field.name !== "field" || field.ns !== DATA_FORM) continue;
    const name = field.attr("var");
    if (name === undefined || values.has(name)) throw new StanzaError("bad-request");
    const given = field.elements().filter((child) => child.name === "value" && child.ns === DATA_FORM);
    values.set(
      name,
      given.map(({ text }) => text),
    );
  }
  return values;
}
