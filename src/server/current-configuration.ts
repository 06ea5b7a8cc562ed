import { offline } from "../extensions/offline.ts";
import type { HostList } from "../kernel/router.ts";
import type { ListenerRules } from "../streams/client/stream-parts.ts";
import type { Configuration } from "./configuration.ts";
import type { AccountLimits } from "./core.ts";
import { ServedHosts } from "./served-hosts.ts";

/** The configuration of this moment, for those who ask anew each time. */
export class CurrentConfiguration {
  readonly #hosts: ServedHosts;
  #value: Configuration;
  #names: ReadonlySet<string>;

  constructor(value: Configuration) {
    this.#value = value;
    this.#names = namesOf(value);
    this.#hosts = new ServedHosts(value.hosts);
  }

  get value(): Configuration {
    return this.#value;
  }

  /** Those that the server goes by in URLs. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  get hosts(): HostList {
    return this.#hosts;
  }

  use(value: Configuration): void {
    this.#value = value;
    this.#names = namesOf(value);
    this.#hosts.use(value.hosts);
  }

  /** What one account may have. */
  accountLimits(): AccountLimits {
    const { extensions, limits } = this.#value;
    const pending = extensions.has(offline.name) ? limits.client.pending_messages : undefined;
    return { resources: limits.client.resources, pending };
  }

  /** What holds for clients of one host. */
  hostRules(host: string): Partial<ListenerRules> {
    const { access, shaper } = this.#value.hostConfig.get(host) ?? {};
    return { ...(access === undefined ? {} : { access }), ...(shaper === undefined ? {} : { shaper }) };
  }
}

function namesOf({ hosts, http }: Configuration): ReadonlySet<string> {
  return new Set([...hosts, ...http.names]);
}
