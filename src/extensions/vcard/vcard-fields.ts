import { Element, element } from "../../xml/element.ts";

/** The kinds of telephone stand beside the number, not around it. */
const TEL = "TEL";
const NUMBER = "NUMBER";

/** Whether a name can stand in a vCard at all. */
export function isFieldName(name: string): boolean {
  return /^[A-Z][A-Z0-9-]*$/.test(name);
}

/** The texts of a field, or of one part of it (`N GIVEN`); of `TEL CELL` the numbers of that kind. */
export function textsOf(card: Element, name: string, part?: string): readonly string[] {
  const fields = card.elements().filter((field) => field.name === name);
  if (part === undefined) return fields.map((field) => field.text);
  const wanted = name === TEL && part !== NUMBER ? fields.filter((field) => field.child(part)) : fields;
  const inner = wanted === fields ? part : NUMBER;
  return wanted.flatMap((field) =>
    field
      .elements()
      .filter((child) => child.name === inner)
      .map(({ text }) => text),
  );
}

/** The card with these texts in the field, or in one part of it; without the part or field where there are none. */
export function withTexts(
  card: Element,
  name: string,
  part: string | undefined,
  texts: readonly string[],
): Element {
  const { ns } = card;
  if (part === undefined) {
    return put(
      card,
      ({ name: other }) => other === name,
      texts.map((text) => element(name, ns, {}, text)),
    );
  }
  if (name === TEL && part !== NUMBER) {
    const numbers = texts.map((text) =>
      element(TEL, ns, {}, element(part, ns), element(NUMBER, ns, {}, text)),
    );
    return put(card, (field) => field.name === TEL && field.child(part) !== undefined, numbers);
  }
  const field = card.child(name) ?? element(name, ns);
  const parts = texts.map((text) => element(part, ns, {}, text));
  const changed = put(field, (child) => child.name === part, parts);
  return put(card, (other) => other === field, changed.children.length === 0 ? [] : [changed]);
}

/** What is put stands where the first of what it replaces stood, else at the end. */
function put(parent: Element, replaced: (child: Element) => boolean, children: readonly Element[]): Element {
  const isReplaced = (child: Element | string): boolean => typeof child !== "string" && replaced(child);
  const at = parent.children.findIndex(isReplaced);
  const before = at < 0 ? parent.children : parent.children.slice(0, at);
  const after = at < 0 ? [] : parent.children.slice(at).filter((child) => !isReplaced(child));
  return new Element(parent.name, parent.ns, parent.attributes, [...before, ...children, ...after]);
}
