import { isLoopback } from "../base/address-block.ts";
import type { ListenOptions } from "./configuration-values.ts";

export type ListenerService = "client" | "client-tls" | "http" | "https";

/** As the configuration file calls them. */
export const LISTENERS = ["client", "client_tls", "http", "https"] as const;

export interface ListenAddress {
  /** An IP address. An IPv6 one stands for IPv6 alone: `::` leaves IPv4 to 0.0.0.0. */
  readonly address: string;
  /** A machine that does not have this address does without. */
  readonly optional: boolean;
}

export interface ListenerSettings {
  readonly service: ListenerService;
  /** 0 takes any free one. */
  readonly port: number;
  readonly addresses: readonly ListenAddress[];
  /** The access rule for those who log in here. */
  readonly access: string;
  /** The shaper rule for them. */
  readonly shaper: string | undefined;
}

const WORDS: Readonly<Record<string, readonly ListenAddress[]>> = {
  loopback: [
    { address: "127.0.0.1", optional: false },
    { address: "::1", optional: true },
  ],
  all: [
    { address: "0.0.0.0", optional: false },
    { address: "::", optional: true },
  ],
};

/** The listeners that are switched on. `otherwise` holds where no address is configured. */
export function listeners(
  options: ListenOptions,
  otherwise: "loopback" | "all",
): readonly ListenerSettings[] {
  const fallback = options.addresses.length > 0 ? options.addresses : [otherwise];
  // Where the server is administered, strangers are let in only by who says so in this very place.
  const services = [
    ["client", options.client, fallback],
    ["client-tls", options.client_tls, fallback],
    ["http", { ...options.http, shaper: undefined }, ["loopback"]],
    ["https", { ...options.https, shaper: undefined }, ["loopback"]],
  ] as const;
  return services
    .filter(([, { enabled }]) => enabled)
    .map(([service, { port, addresses, access, shaper }, otherAddresses]) => ({
      service,
      port,
      access,
      shaper,
      addresses: expand(addresses.length > 0 ? addresses : otherAddresses),
    }));
}

function expand(words: readonly string[]): readonly ListenAddress[] {
  return words.flatMap((word) => WORDS[word] ?? [{ address: word, optional: false }]);
}

/** Two of these words that stand for the same address on one port; the index is that of the second. */
export function repeated(
  words: readonly string[],
): { readonly index: number; readonly first: string } | undefined {
  for (const [index, word] of words.entries()) {
    const first = words.slice(0, index).find((earlier) => meet(expand([earlier]), expand([word])));
    if (first !== undefined) return { index, first };
  }
  return undefined;
}

/** Whether the two would listen on the same address. */
export function overlap(one: ListenerSettings, other: ListenerSettings): boolean {
  if (one.port !== other.port || one.port === 0) return false;
  return meet(one.addresses, other.addresses);
}

function meet(some: readonly ListenAddress[], others: readonly ListenAddress[]): boolean {
  return some.some((a) => others.some((b) => meets(a.address, b.address)));
}

/** Whether two sockets on these addresses would want the same one. */
export function meets(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

function covers(one: string, other: string): boolean {
  const sameFamily = one.includes(":") === other.includes(":");
  return one === other || (sameFamily && (one === "0.0.0.0" || one === "::"));
}

/** Whether somebody on another machine can get there. */
export function reachesOut(settings: ListenerSettings): boolean {
  return settings.addresses.some(({ address }) => !isLoopback(address));
}

/** Whether clients log in there; the others are for administration. */
export function isForClients(service: ListenerService): boolean {
  return service === "client" || service === "client-tls";
}
