import { SaxesParser, type SaxesTagNS } from "saxes";

const streamsNamespace = "http://etherx.jabber.org/streams";

/** An element as it was read: names without prefixes, attributes as written. */
export interface Element {
  readonly name: string;
  readonly ns: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly nodes: (Element | string)[];
}

export function child(element: Element, name: string, ns?: string): Element | undefined {
  for (const node of element.nodes) {
    if (typeof node !== "string" && node.name === name && (ns === undefined || node.ns === ns)) return node;
  }
  return undefined;
}

export function text(element: Element | undefined): string {
  if (element === undefined) return "";
  return element.nodes.filter((node) => typeof node === "string").join("");
}

export function escapeXml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * The element as a document of its own, every namespace declared inside. Elements of the streams namespace keep the prefix
 * `stream:`, because clients compare prefixed names there.
 */
export function serialize(element: Element, inherited = ""): string {
  const prefixed = element.ns === streamsNamespace;
  const tag = prefixed ? `stream:${element.name}` : element.name;
  let out = `<${tag}`;
  if (prefixed) out += ` xmlns:stream="${streamsNamespace}"`;
  else if (element.ns !== inherited) out += ` xmlns="${escapeXml(element.ns)}"`;
  for (const [name, value] of Object.entries(element.attributes)) out += ` ${name}="${escapeXml(value)}"`;
  if (element.nodes.length === 0) return `${out}/>`;
  const scope = prefixed ? inherited : element.ns;
  const content = element.nodes.map((node) =>
    typeof node === "string" ? escapeXml(node) : serialize(node, scope),
  );
  return `${out}>${content.join("")}</${tag}>`;
}

export interface StreamEvents {
  opened(header: Element): void;
  /** A complete element at depth one. */
  element(element: Element): void;
  closed(): void;
  failed(error: Error): void;
}

/** Reads one XML stream (RFC 6120 §4): a header, then elements, then the closing tag. A restart needs a new reader. */
export class StreamReader {
  readonly #parser = new SaxesParser({ xmlns: true, position: false });
  readonly #open: Element[] = [];

  constructor(events: StreamEvents) {
    this.#parser.on("error", (error) => events.failed(error));
    this.#parser.on("opentag", (tag) => {
      const element = toElement(tag);
      if (this.#open.length === 0) events.opened(element);
      else if (this.#open.length > 1) this.#open.at(-1)?.nodes.push(element);
      this.#open.push(element);
    });
    this.#parser.on("text", (value) => {
      if (this.#open.length > 1) this.#open.at(-1)?.nodes.push(value);
    });
    this.#parser.on("closetag", () => {
      const element = this.#open.pop();
      if (this.#open.length === 0) events.closed();
      else if (this.#open.length === 1 && element !== undefined) events.element(element);
    });
  }

  write(chunk: string): void {
    this.#parser.write(chunk);
  }
}

function toElement(tag: SaxesTagNS): Element {
  const attributes: Record<string, string> = {};
  for (const attribute of Object.values(tag.attributes)) {
    if (attribute.prefix === "xmlns" || attribute.name === "xmlns") continue;
    attributes[attribute.name] = attribute.value;
  }
  return { name: tag.local, ns: tag.uri, attributes, nodes: [] };
}
