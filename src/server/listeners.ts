import { ListenError } from "../net/listen-error.ts";
import { Listener, type ListenOptions } from "../net/listener.ts";
import type { ListenerService, ListenerSettings } from "./configuration-listeners.ts";

/** Where the server can be reached. */
export interface OpenListener {
  readonly service: ListenerService;
  readonly address: string;
  readonly port: number;
}

/** The ports of a server. */
export class Listeners {
  readonly #common: Omit<ListenOptions, "address" | "port" | "tls" | "ipv6Only">;
  readonly #opened: Listener[] = [];

  constructor(common: Omit<ListenOptions, "address" | "port" | "tls" | "ipv6Only">) {
    this.#common = common;
  }

  /** All of them or none. @throws ListenError */
  async open(settings: readonly ListenerSettings[]): Promise<readonly OpenListener[]> {
    const open: OpenListener[] = [];
    try {
      for (const { service, addresses, port } of settings) {
        let bound = port;
        for (const { address, optional } of addresses) {
          const listener = await this.#one(service, address, bound, optional);
          if (listener === undefined) continue;
          // Any free port is the same one on all addresses of a service.
          bound = listener.port;
          open.push({ service, address, port: bound });
        }
      }
    } catch (error) {
      await this.close();
      throw error;
    }
    return open;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((listener) => listener.close()));
  }

  async #one(
    service: ListenerService,
    address: string,
    port: number,
    optional: boolean,
  ): Promise<Listener | undefined> {
    const tls = service === "client-tls" ? "direct" : "starttls";
    try {
      const listener = await Listener.open({ ...this.#common, address, port, tls, ipv6Only: true });
      this.#opened.push(listener);
      return listener;
    } catch (error) {
      if (optional && error instanceof ListenError && error.code === "EADDRNOTAVAIL") return undefined;
      throw error;
    }
  }
}
