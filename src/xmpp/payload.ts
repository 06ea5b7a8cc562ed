import { type Element, element } from "../xml/element.ts";
import { StanzaError } from "./errors.ts";

/** A payload declared once: how it is recognised, read, written, and its type. */
export interface Payload<T> {
  readonly name: string;
  readonly ns: string;
  /** @throws StanzaError bad-request when the element does not have the declared form */
  read(source: Element): T;
  write(value: T): Element;
}

interface Parts {
  readonly attributes: Record<string, string>;
  readonly content: (Element | string)[];
}

/** One part of a payload: an attribute, a child, the text. */
export interface Field<T> {
  read(source: Element, key: string): T;
  write(value: T, key: string, parts: Parts, ns: string): void;
}

/** The type of what `payload` reads. */
export type PayloadValue<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

// biome-ignore lint/suspicious/noExplicitAny: fields of any type side by side; PayloadValue recovers each
export function payload<const F extends Readonly<Record<string, Field<any>>>>(
  ns: string,
  name: string,
  fields: F,
): Payload<PayloadValue<F>> {
  const entries = Object.entries(fields);
  return {
    name,
    ns,
    read(source) {
      const value: Record<string, unknown> = {};
      for (const [key, field] of entries) value[key] = field.read(source, key);
      return value as PayloadValue<F>;
    },
    write(value) {
      const parts: Parts = { attributes: {}, content: [] };
      for (const [key, field] of entries)
        field.write((value as Record<string, unknown>)[key], key, parts, ns);
      return element(name, ns, parts.attributes, ...parts.content);
    },
  };
}

/** A payload whose element is handed on as it stands: for content that this server keeps and does not read. */
export function rawPayload(ns: string, name: string): Payload<Element> {
  return { name, ns, read: (source) => source, write: (value) => value };
}

/** An attribute that may be absent; it is named like the field unless `as` says otherwise. */
export function optionalAttribute(as?: string): Field<string | undefined> {
  return {
    read: (source, key) => source.attr(as ?? key),
    write(value, key, parts) {
      if (value !== undefined) parts.attributes[as ?? key] = value;
    },
  };
}

/** An attribute that must be there. */
export function attribute(as?: string): Field<string> {
  const optional = optionalAttribute(as);
  return {
    read(source, key) {
      const value = optional.read(source, key);
      if (value === undefined) throw new StanzaError("bad-request");
      return value;
    },
    write: optional.write,
  };
}

/** The text of the element itself; empty text is undefined. */
export function ownText(): Field<string | undefined> {
  return {
    read: (source) => (source.text === "" ? undefined : source.text),
    write(value, _key, parts) {
      if (value !== undefined) parts.content.push(value);
    },
  };
}

/** The text of a child element of the payload's namespace; undefined where there is no such child. */
export function childText(as?: string): Field<string | undefined> {
  return {
    read: (source, key) => source.child(as ?? key, source.ns)?.text,
    write(value, key, parts, ns) {
      if (value !== undefined) parts.content.push(element(as ?? key, ns, {}, value));
    },
  };
}

/** Whether an empty child element of the payload's namespace is there. */
export function flag(as?: string): Field<boolean> {
  return {
    read: (source, key) => source.child(as ?? key, source.ns) !== undefined,
    write(value, key, parts, ns) {
      if (value) parts.content.push(element(as ?? key, ns));
    },
  };
}

/** All children of one declared form, in order. */
export function listOf<T>(shape: Payload<T>): Field<readonly T[]> {
  return {
    read: (source) =>
      source
        .elements()
        .filter((child) => child.name === shape.name && child.ns === shape.ns)
        .map((child) => shape.read(child)),
    write(value, _key, parts) {
      for (const item of value) parts.content.push(shape.write(item));
    },
  };
}

/** Everything inside, as it stands. */
export function content(): Field<readonly Element[]> {
  return {
    read: (source) => source.elements(),
    write(value, _key, parts) {
      parts.content.push(...value);
    },
  };
}
