import type { HostList } from "../../src/kernel/router.ts";
import { ServedHosts } from "../../src/server/served-hosts.ts";

/** Hosts that stay as they are. */
export function hostsOf(...names: readonly string[]): HostList {
  return new ServedHosts(names);
}
