import type { HostList } from "../../kernel/router.ts";
import type { StreamHeader } from "../../xml/stream-header.ts";
import { StreamError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import { CONTENT, STREAM } from "../../xmpp/namespaces.ts";

/** What a client's stream header says of the client (RFC 6120 §4.7). */
export interface Opening {
  /** Who it says it is, bare. */
  readonly from: Jid | undefined;
  /** The language of what it sends; it goes into stanzas that name none (RFC 6120 §4.7.4). */
  readonly lang: string | undefined;
  /** The version for our header: theirs where it is the lower one, undefined where they name none (RFC 6120 §4.7.5). */
  readonly version: string | undefined;
}

/** Before a header has come. */
export const UNOPENED: Opening = { from: undefined, lang: undefined, version: "1.0" };

/** The form of RFC 5646 §2.1, as far as it has one. Its length is bounded: every stanza without a language carries it to its receivers. */
const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}$/;

/** RFC 6120 §4.7.5: leading zeros mean nothing. */
const VERSION = /^0*([0-9]{1,4})\.0*([0-9]{1,4})$/;

/** What is malformed counts as absent. */
export function readOpening({ attributes }: StreamHeader): Opening {
  const lang = attributes.get("xml:lang") ?? "";
  return {
    from: Jid.parse(attributes.get("from") ?? "")?.bare,
    lang: LANGUAGE.test(lang) ? lang : undefined,
    version: lowerVersion(attributes.get("version") ?? ""),
  };
}

function lowerVersion(theirs: string): string | undefined {
  const [, major, minor] = VERSION.exec(theirs) ?? [];
  return major === "0" ? `0.${minor}` : major && "1.0";
}

/**
 * The host that a header asks for.
 * @throws StreamError for what is no header of a client's stream, and for one to nobody here or to another host than the account's
 */
export function hostOf(header: StreamHeader, hosts: HostList, account: Jid | undefined): string {
  if (header.name !== "stream" || header.ns !== STREAM || header.contentNs !== CONTENT) {
    throw new StreamError("invalid-namespace");
  }
  const to = Jid.parse(header.attributes.get("to") ?? "");
  if (to === undefined || !hosts.has(to.toString())) throw new StreamError("host-unknown");
  if (account !== undefined && to.domain !== account.domain) throw new StreamError("not-authorized");
  return to.domain;
}

/**
 * RFC 6120 §6.4.6: whoever logs in is who the header has named. A name without localpart is nobody's: some clients put the name of their machine there.
 * @throws StreamError invalid-from
 */
export function checkIdentity({ from }: Opening, account: Jid): void {
  if (from !== undefined && from.local !== "" && !from.equals(account)) throw new StreamError("invalid-from");
}
