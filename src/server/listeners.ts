import type { Connection } from "../kernel/connection.ts";
import { ListenError } from "../net/listen-error.ts";
import { Listener, type ListenOptions } from "../net/listener.ts";
import type { ListenerService, ListenerSettings } from "./configuration-listeners.ts";

/** Where the server can be reached. */
export interface OpenListener {
  readonly service: ListenerService;
  readonly address: string;
  readonly port: number;
}

export interface ListenersOptions
  extends Omit<ListenOptions, "address" | "port" | "tls" | "ipv6Only" | "accept"> {
  /** Gets a connection, as `ListenOptions.accept`, with what is configured for its listener. */
  accept(connection: Connection, settings: ListenerSettings): void;
}

/** The ports of a server. */
export class Listeners {
  readonly #common: ListenersOptions;
  readonly #opened: Listener[] = [];

  constructor(common: ListenersOptions) {
    this.#common = common;
  }

  /** All of them or none. @throws ListenError */
  async open(settings: readonly ListenerSettings[]): Promise<readonly OpenListener[]> {
    const open: OpenListener[] = [];
    try {
      for (const one of settings) {
        const { service } = one;
        let bound = one.port;
        for (const { address, optional } of one.addresses) {
          const listener = await this.#one(one, address, bound, optional);
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
    settings: ListenerSettings,
    address: string,
    port: number,
    optional: boolean,
  ): Promise<Listener | undefined> {
    const tls = settings.service === "client-tls" ? "direct" : "starttls";
    const accept = (connection: Connection): void => this.#common.accept(connection, settings);
    try {
      const listener = await Listener.open({ ...this.#common, accept, address, port, tls, ipv6Only: true });
      this.#opened.push(listener);
      return listener;
    } catch (error) {
      if (optional && error instanceof ListenError && error.code === "EADDRNOTAVAIL") return undefined;
      throw error;
    }
  }
}
