import type { StanzaError } from "../xmpp/errors.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Outcome } from "./outcomes.ts";
import type { Session } from "./sessions.ts";

/** Takes stanzas in and sees to it that each ends in one outcome. */
export interface Router {
  /**
   * A stanza of a bound session, its `from` set to the session's full JID, in the order of its stream. Returns how many stanzas of this session are
   * still on their way, for back pressure.
   */
  receive(session: Session, stanza: Stanza): number;
  /** A stanza whose addresses could not be read: counted and answered in its place; `stanza` has no `to`. Returns what `receive` does. */
  refuse(session: Session, stanza: Stanza, error: StanzaError): number;
  /** Resolves when nothing of this session is on its way. */
  whenSettled(session: Session): Promise<void>;
  /** A stanza of the server's own, or of one of its accounts: `from` and `to` must be there. What becomes of it; neither throws nor rejects. */
  send(stanza: Stanza): Outcome | Promise<Outcome>;
  /** As `send`, for a stanza that counts as sent by this session: its account's extensions and archive take part. Not in the order of its stream. */
  sendFor(session: Session, stanza: Stanza): Outcome | Promise<Outcome>;
}

/** The owner of a domain that is not a host of ours: a service on a subdomain, or the way to foreign domains. */
export interface DomainOwner {
  /** `from` and `to` are there. @throws StanzaError when it cannot be delivered */
  deliver(stanza: Stanza): Outcome | Promise<Outcome>;
}

/** The domains whose accounts are here, as they are now. */
export interface HostList {
  /** In the order of the configuration; at least one. */
  readonly list: readonly string[];
  has(domain: string): boolean;
}

/** Which domains belong to whom. */
export interface Domains {
  readonly hosts: readonly string[];
  isHost(domain: string): boolean;
  /** The owner of a service's domain. */
  serve(domain: string, owner: DomainOwner): void;
  /** The domains served below a host, in ascending order. */
  services(host: string): readonly string[];
  owner(to: Jid): DomainOwner;
}
