import type { DomainOwner, Domains, HostList } from "../kernel/router.ts";
import { StanzaError } from "../xmpp/errors.ts";
import type { Jid } from "../xmpp/jid.ts";

/** Which domains are ours, whose the others are (architecture: the delivery tree, steps 2 to 4). */
export class DomainTable implements Domains {
  readonly #hosts: HostList;
  readonly #owners = new Map<string, DomainOwner>();
  readonly #foreign: DomainOwner;

  /** `foreign` delivers to all domains that are neither hosts nor served here nor subdomains of hosts. */
  constructor(hosts: HostList, foreign: DomainOwner) {
    this.#hosts = hosts;
    this.#foreign = foreign;
  }

  get hosts(): readonly string[] {
    return this.#hosts.list;
  }

  isHost(domain: string): boolean {
    return this.#hosts.has(domain);
  }

  serve(domain: string, owner: DomainOwner): void {
    if (this.isHost(domain) || this.#owners.has(domain))
      throw new Error(`the domain ${domain} has an owner already`);
    this.#owners.set(domain, owner);
  }

  services(host: string): readonly string[] {
    return [...this.#owners.keys()].filter((domain) => domain.endsWith(`.${host}`)).sort();
  }

  owner(to: Jid): DomainOwner {
    const service = this.#owners.get(to.domain);
    if (service !== undefined) return service;
    return this.#isBelowHost(to.domain) ? unknownSubdomain : this.#foreign;
  }

  #isBelowHost(domain: string): boolean {
    for (let dot = domain.indexOf("."); dot >= 0; dot = domain.indexOf(".", dot + 1)) {
      if (this.#hosts.has(domain.slice(dot + 1))) return true;
    }
    return false;
  }
}

/** A subdomain of ours that nobody serves: no look-up in the DNS, it would lead back here. */
const unknownSubdomain: DomainOwner = {
  deliver() {
    throw new StanzaError("remote-server-not-found", { text: "No service of this server has this address" });
  },
};

/** The way to other servers while there is none (RFC 6120 §10.4). */
export const noForeignDomains: DomainOwner = {
  deliver() {
    throw new StanzaError("remote-server-not-found", {
      text: "This server does not connect to other servers",
    });
  },
};
