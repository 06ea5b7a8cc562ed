import type { Connection } from "../kernel/connection.ts";
import type { HttpSocket } from "../kernel/http.ts";
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
  extends Omit<ListenOptions, "address" | "port" | "tls" | "ipv6Only" | "accept" | "hand"> {
  /** Gets a connection, as `ListenOptions.accept`, with what is configured for its listener. */
  accept(connection: Connection, settings: ListenerSettings): void;
}

/** What HTTP has for itself: strangers there take nothing from those who want to chat. */
export interface WebParts extends Pick<ListenOptions, "limits"> {
  hand(socket: HttpSocket, settings: ListenerSettings): void;
}

/** The ports of a server. */
export class Listeners {
  readonly #common: ListenersOptions;
  readonly #web: WebParts;
  readonly #opened: { readonly service: ListenerService; readonly listener: Listener }[] = [];

  constructor(common: ListenersOptions, web: WebParts) {
    this.#common = common;
    this.#web = web;
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
    await Promise.all(this.#opened.splice(0).map(({ listener }) => listener.close()));
  }

  /** Those that clients log in at; where the server is administered it can still be asked how far it is. */
  async closeForClients(): Promise<void> {
    const closed = this.#opened.filter(({ service }) => isForClients(service));
    await Promise.all(closed.map(({ listener }) => listener.close()));
  }

  async #one(
    settings: ListenerSettings,
    address: string,
    port: number,
    optional: boolean,
  ): Promise<Listener | undefined> {
    const { service } = settings;
    const tls = service === "client-tls" || service === "https" ? "direct" : "starttls";
    const accept = (connection: Connection): void => this.#common.accept(connection, settings);
    const web = isForClients(service)
      ? {}
      : {
          limits: this.#web.limits,
          hand: (socket: HttpSocket) => this.#web.hand(socket, settings),
        };
    try {
      const options = { ...this.#common, accept, ...web, address, port, tls, ipv6Only: true } as const;
      const listener = await Listener.open(options);
      this.#opened.push({ service, listener });
      return listener;
    } catch (error) {
      if (optional && error instanceof ListenError && error.code === "EADDRNOTAVAIL") return undefined;
      throw error;
    }
  }
}

function isForClients(service: ListenerService): boolean {
  return service === "client" || service === "client-tls";
}
