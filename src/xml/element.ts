const NONE: ReadonlyMap<string, string> = new Map();

/** An element with its content. Nothing can be changed; a change is a new element. */
export class Element {
  /** Local name. */
  readonly name: string;
  /** "" for no namespace. */
  readonly ns: string;
  /** By name; with a prefix it is `{namespace}local`, but `xml:lang` stays `xml:lang`. Declarations are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  /** In document order; neighbouring text is one string, never "". */
  readonly children: readonly (Element | string)[];

  /** Takes the values as they are: `element()` is the constructor for code. */
  constructor(
    name: string,
    ns: string,
    attributes: ReadonlyMap<string, string> = NONE,
    children: readonly (Element | string)[] = [],
  ) {
    this.name = name;
    this.ns = ns;
    this.attributes = attributes;
    this.children = children;
  }

  attr(name: string): string | undefined {
    return this.attributes.get(name);
  }

  /** The first child element of that name, in this element's own namespace when `ns` is not given. */
  child(name: string, ns: string = this.ns): Element | undefined {
    for (const child of this.children) {
      if (typeof child !== "string" && child.name === name && child.ns === ns) return child;
    }
    return undefined;
  }

  /** The child elements without the text. */
  elements(): Element[] {
    return this.children.filter((child) => typeof child !== "string");
  }

  /** The text that stands directly in this element. */
  get text(): string {
    const only = this.children[0];
    if (only === undefined) return "";
    if (this.children.length === 1) return typeof only === "string" ? only : "";
    return this.children.filter((child) => typeof child === "string").join("");
  }
}

type Attributes = Readonly<Record<string, string | undefined>>;

const LOCAL = /^[A-Za-z_][\w.-]*$/;
const QUALIFIED = /^(?:\{[^{}]+\}|xml:)?[A-Za-z_][\w.-]*$/;

/**
 * Makes an element in code; undefined attributes and children are left out.
 * @throws TypeError when a name is not an ASCII name: names come from code, never from a peer.
 */
export function element(
  name: string,
  ns: string,
  attributes?: Attributes,
  ...children: readonly (Element | string | undefined)[]
): Element {
  if (!LOCAL.test(name)) throw new TypeError(`not an element name: ${JSON.stringify(name)}`);
  const map = attributes === undefined ? NONE : attributeMap(attributes);
  return new Element(name, ns, map, content(children));
}

function attributeMap(attributes: Attributes): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (!QUALIFIED.test(name) || name === "xmlns") {
      throw new TypeError(`not an attribute name: ${JSON.stringify(name)}`);
    }
    map.set(name, value);
  }
  return map;
}

function content(children: readonly (Element | string | undefined)[]): (Element | string)[] {
  const list: (Element | string)[] = [];
  for (const child of children) {
    if (child === undefined || child === "") continue;
    const last = list.at(-1);
    if (typeof child === "string" && typeof last === "string") list[list.length - 1] = last + child;
    else list.push(child);
  }
  return list;
}
