import { prepareDomain } from "./idna.ts";
import { prepareLocalpart, prepareResourcepart } from "./precis.ts";

/** An XMPP address (RFC 7622): every instance is valid and prepared, so parts compare with `===`. */
export class Jid {
  /** "" where the address has no localpart. */
  readonly local: string;
  readonly domain: string;
  /** "" where the address has no resourcepart. */
  readonly resource: string;
  #text: string | undefined;
  #bare: Jid | undefined;
  #domainJid: Jid | undefined;

  private constructor(local: string, domain: string, resource: string) {
    this.local = local;
    this.domain = domain;
    this.resource = resource;
  }

  /** The address that `text` stands for, or undefined: the peer gets jid-malformed (RFC 6120 §8.3.3.8). */
  static parse(text: string): Jid | undefined {
    // RFC 7622 §3.2: first the resourcepart goes, then the localpart; a part that a separator announces is not empty.
    const slash = text.indexOf("/");
    const head = slash < 0 ? text : text.slice(0, slash);
    const at = head.indexOf("@");
    const rawDomain = at < 0 ? head : head.slice(at + 1);
    const domain = prepareDomain(rawDomain);
    if (domain === undefined) return undefined;
    const rawLocal = at < 0 ? "" : head.slice(0, at);
    const local = at < 0 ? "" : prepareLocalpart(rawLocal);
    if (local === undefined) return undefined;
    const rawResource = slash < 0 ? "" : text.slice(slash + 1);
    const resource = slash < 0 ? "" : prepareResourcepart(rawResource);
    if (resource === undefined) return undefined;
    const jid = new Jid(local, domain, resource);
    if (local === rawLocal && domain === rawDomain && resource === rawResource) jid.#text = text;
    return jid;
  }

  /** An address from parts that are not prepared yet; an empty localpart or resourcepart is an absent one. */
  static of(local: string, domain: string, resource = ""): Jid | undefined {
    const preparedLocal = local === "" ? "" : prepareLocalpart(local);
    const preparedDomain = prepareDomain(domain);
    const preparedResource = resource === "" ? "" : prepareResourcepart(resource);
    if (preparedLocal === undefined || preparedDomain === undefined || preparedResource === undefined)
      return undefined;
    return new Jid(preparedLocal, preparedDomain, preparedResource);
  }

  /** This address with another resourcepart, or undefined when that is refused. */
  withResource(resource: string): Jid | undefined {
    const prepared = prepareResourcepart(resource);
    return prepared === undefined ? undefined : new Jid(this.local, this.domain, prepared);
  }

  /** No resourcepart: an account or a whole domain (RFC 6120 §1.4). */
  get isBare(): boolean {
    return this.resource === "";
  }

  /** Neither localpart nor resourcepart. */
  get isDomain(): boolean {
    return this.local === "" && this.resource === "";
  }

  get isFull(): boolean {
    return this.resource !== "";
  }

  /** The address without its resourcepart; itself when it has none. */
  get bare(): Jid {
    if (this.resource === "") return this;
    this.#bare ??= new Jid(this.local, this.domain, "");
    return this.#bare;
  }

  /** The domainpart alone as an address. */
  get domainJid(): Jid {
    if (this.local === "") return this.bare;
    this.#domainJid ??= new Jid("", this.domain, "");
    return this.#domainJid;
  }

  equals(other: Jid): boolean {
    return (
      this === other ||
      (this.local === other.local && this.domain === other.domain && this.resource === other.resource)
    );
  }

  toString(): string {
    if (this.#text === undefined) {
      const bare = this.local === "" ? this.domain : `${this.local}@${this.domain}`;
      this.#text = this.resource === "" ? bare : `${bare}/${this.resource}`;
    }
    return this.#text;
  }
}
