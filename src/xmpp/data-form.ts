// XEP-0004: Data Forms; XEP-0068: Field Standardization for Data Forms
import { type Element, element } from "../xml/element.ts";
import { StanzaError } from "./errors.ts";
import { DATA_FORM } from "./namespaces.ts";

/**
 * The values of a submitted form by the names of its fields, without FORM_TYPE.
 * @throws StanzaError bad-request when it is not a submitted form of this type, or names a field twice
 */
export function submittedValues(form: Element, formType: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const field of form.elements()) {
    if (field.name !== "field" || field.ns !== DATA_FORM) continue;
    const name = field.attr("var");
    if (name === undefined || values.has(name)) throw new StanzaError("bad-request");
    const given = field.elements().filter((child) => child.name === "value" && child.ns === DATA_FORM);
    values.set(
      name,
      given.map(({ text }) => text),
    );
  }
  const type = values.get("FORM_TYPE");
  if (form.attr("type") !== "submit" || type?.length !== 1 || type[0] !== formType) {
    throw new StanzaError("bad-request", { text: `This is no submitted form of the type ${formType}` });
  }
  values.delete("FORM_TYPE");
  return values;
}

/** `<field/>`, with more inside where its type asks for it. */
export function formField(name: string, type: string, ...content: readonly Element[]): Element {
  return element("field", DATA_FORM, { var: name, type }, ...content);
}

/** A form to be filled in. */
export function emptyForm(formType: string, ...fields: readonly Element[]): Element {
  const type = formField("FORM_TYPE", "hidden", element("value", DATA_FORM, {}, formType));
  return element("x", DATA_FORM, { type: "form" }, type, ...fields);
}
