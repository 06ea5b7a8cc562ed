import { type Element, StreamReader, text } from "../support/stream-reader.ts";

const STREAM_HEADER = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

const childElements = (element: Element): readonly Element[] =>
  element.nodes.filter((node): node is Element => typeof node !== "string");

/** Reads a pattern: one element, written as it would stand in a client's stream. */
export function parsePattern(xml: string): Element {
  const found: Element[] = [];
  const reader = new StreamReader({
    opened() {},
    element: (element) => found.push(element),
    closed() {},
    failed(error) {
      throw new Error(`${error.message} in the pattern ${xml}`);
    },
  });
  reader.write(STREAM_HEADER + xml);
  if (found.length !== 1) throw new Error(`${found.length} elements in the pattern ${xml}`);
  return found[0]!;
}

/**
 * What of `element` is not as `pattern` says; undefined when all is. Name and namespace agree; each attribute of the
 * pattern has its value, `*` is any, `-` stands for none; each of its children agrees with a child, in this order, others
 * may be between them; text without children is the whole text, `*` is any.
 */
export function difference(pattern: Element, element: Element): string | undefined {
  if (pattern.name !== element.name || pattern.ns !== element.ns)
    return `<${element.name} xmlns='${element.ns}'> is not <${pattern.name} xmlns='${pattern.ns}'>`;
  for (const [name, value] of Object.entries(pattern.attributes)) {
    const actual = element.attributes[name];
    const agrees =
      value === "-" ? actual === undefined : value === "*" ? actual !== undefined : actual === value;
    if (!agrees)
      return `${name}=${JSON.stringify(actual)} in <${element.name}> is not ${JSON.stringify(value)}`;
  }
  const children = childElements(element);
  let from = 0;
  for (const wanted of childElements(pattern)) {
    const at = children.findIndex((child, index) => index >= from && difference(wanted, child) === undefined);
    if (at < 0) {
      const closest = children.find((child) => child.name === wanted.name && child.ns === wanted.ns);
      return closest === undefined
        ? `<${element.name}> has no <${wanted.name} xmlns='${wanted.ns}'>`
        : (difference(wanted, closest) ?? `<${wanted.name}> is not in this place of <${element.name}>`);
    }
    from = at + 1;
  }
  const wantedText = text(pattern);
  if (childElements(pattern).length > 0 || wantedText === "*" || wantedText === "") return undefined;
  return text(element) === wantedText
    ? undefined
    : `the text ${JSON.stringify(text(element))} of <${element.name}> is not ${JSON.stringify(wantedText)}`;
}

/** Whether the element or something inside it agrees with the pattern. */
export function holds(pattern: Element, element: Element): boolean {
  return (
    difference(pattern, element) === undefined ||
    childElements(element).some((child) => holds(pattern, child))
  );
}
