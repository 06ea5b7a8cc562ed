// XEP-0059: Result Set Management
import { type Element, element } from "../xml/element.ts";
import { StanzaError } from "./errors.ts";
import { RESULT_SET } from "./namespaces.ts";

/** Which part of a result is wanted. */
export interface PageRequest {
  /** §2.1; undefined leaves it to the answerer. */
  readonly max: number | undefined;
  /** The item in front of the page (§2.2). */
  readonly after: string | undefined;
  /** The item behind it (§2.3); "" asks for the last page (§2.5). */
  readonly before: string | undefined;
}

const WHOLE: PageRequest = { max: undefined, after: undefined, before: undefined };

/** Which part of a result the answer holds. */
export interface PageFacts {
  /** Ids of the first and last item of the page; undefined where it is empty. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** How many items of the whole result are in front of the page. */
  readonly index: number | undefined;
  /** Of the whole result. */
  readonly count: number | undefined;
}

/**
 * Reads the `<set/>` in a request; without one everything is asked for, from the start.
 * @throws StanzaError bad-request, feature-not-implemented for pages by their index (§2.6)
 */
export function readPageRequest(request: Element): PageRequest {
  const set = request.child("set", RESULT_SET);
  if (set === undefined) return WHOLE;
  if (set.child("index") !== undefined) throw new StanzaError("feature-not-implemented");
  const max = set.child("max")?.text.trim();
  if (max !== undefined && !/^\d+$/.test(max)) {
    throw new StanzaError("bad-request", { text: "The size of a page is a whole number" });
  }
  return {
    max: max === undefined ? undefined : Number(max),
    // An empty one stands before the first item (§2.2).
    after: set.child("after")?.text || undefined,
    before: set.child("before")?.text,
  };
}

/** The `<set/>` of an answer (§2.2). */
export function resultSet({ first, last, index, count }: PageFacts): Element {
  const text = (name: string, value: string | number | undefined): Element | undefined =>
    value === undefined ? undefined : element(name, RESULT_SET, {}, String(value));
  return element(
    "set",
    RESULT_SET,
    {},
    first === undefined
      ? undefined
      : element("first", RESULT_SET, { index: index === undefined ? undefined : String(index) }, first),
    text("last", last),
    text("count", count),
  );
}
