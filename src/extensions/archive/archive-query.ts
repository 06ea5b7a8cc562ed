import { type Element, element } from "../../xml/element.ts";
import { emptyForm, formField, submittedValues } from "../../xmpp/data-form.ts";
import { parseDateTime } from "../../xmpp/date-time.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import { ARCHIVE, DATA_FORM } from "../../xmpp/namespaces.ts";
import { type PageRequest, readPageRequest } from "../../xmpp/result-set.ts";

const VALIDATE = "http://jabber.org/protocol/xdata-validate";

/** It comes back with every message. */
const LONGEST_QUERY_ID = 1000;

/** Which messages of an archive are asked for (XEP-0313 §4.1); what is undefined does not matter. */
export interface Filter {
  readonly with: Jid | undefined;
  /** Milliseconds with fractions, both inclusive. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly beforeId: string | undefined;
  readonly afterId: string | undefined;
  readonly ids: readonly string[] | undefined;
}

export interface ArchiveQuery {
  readonly queryId: string | undefined;
  readonly filter: Filter;
  readonly page: PageRequest;
  /** §4.3.4 */
  readonly flipped: boolean;
}

/** The form of §4.1.5. */
export const queryForm: Element = emptyForm(
  ARCHIVE,
  formField("with", "jid-single"),
  formField("start", "text-single"),
  formField("end", "text-single"),
  formField("before-id", "text-single"),
  formField("after-id", "text-single"),
  formField("ids", "list-multi", openList()),
  formField("include-groupchat", "boolean"),
);

/** @throws StanzaError bad-request, item-not-found, feature-not-implemented (§4.1.5, XEP-0059 §2.6) */
export function readQuery(query: Element): ArchiveQuery {
  // §6.1.3: nodes are of pubsub.
  if (query.attr("node") !== undefined) throw new StanzaError("item-not-found");
  const queryId = query.attr("queryid");
  if (queryId !== undefined && queryId.length > LONGEST_QUERY_ID) throw new StanzaError("bad-request");
  const form = query.child("x", DATA_FORM);
  return {
    queryId,
    filter: readFilter(form === undefined ? new Map() : submittedValues(form, ARCHIVE)),
    page: readPageRequest(query),
    flipped: query.child("flip-page") !== undefined,
  };
}

function readFilter(values: ReadonlyMap<string, readonly string[]>): Filter {
  const left = new Map(values);
  const take = <T>(name: string, read: (value: string) => T | undefined): T | undefined => {
    const given = left.get(name);
    left.delete(name);
    if (given === undefined) return undefined;
    const value = given.length === 1 ? read(given[0]!) : undefined;
    if (value === undefined) throw broken(name);
    return value;
  };
  const filter: Filter = {
    with: take("with", (value) => Jid.parse(value)),
    start: take("start", parseDateTime),
    end: take("end", parseDateTime),
    beforeId: take("before-id", (value) => value),
    afterId: take("after-id", (value) => value),
    ids: left.get("ids"),
  };
  left.delete("ids");
  // Messages of rooms are in the archives of the rooms: both answers are the same.
  take("include-groupchat", (value) => (/^(?:true|false|1|0)$/.test(value) ? value : undefined));
  const [unknown] = left.keys();
  if (unknown !== undefined) throw new StanzaError("feature-not-implemented");
  return filter;
}

function broken(field: string): StanzaError {
  return new StanzaError("bad-request", { text: `The field ${field} has no value that it can have` });
}

/** §4.1.5: any values at all (XEP-0122 §3.2.2). */
function openList(): Element {
  return element("validate", VALIDATE, { datatype: "xs:string" }, element("open", VALIDATE));
}
