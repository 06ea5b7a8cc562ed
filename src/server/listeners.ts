import type { Connection } from "../kernel/connection.ts";
import type { HttpSocket } from "../kernel/http.ts";
import { ListenError } from "../net/listen-error.ts";
import { Listener, type ListenOptions } from "../net/listener.ts";
import {
  isForClients,
  type ListenAddress,
  type ListenerService,
  type ListenerSettings,
  meets,
} from "./configuration-listeners.ts";

/** Where the server can be reached. */
export interface OpenListener {
  readonly service: ListenerService;
  readonly address: string;
  readonly port: number;
}

export interface ListenersOptions
  extends Omit<
    ListenOptions,
    "address" | "port" | "tls" | "ipv6Only" | "accept" | "hand" | "handshakeTimeout"
  > {
  /** Gets a connection, as `ListenOptions.accept`, with what is configured for its listener. */
  accept(connection: Connection, settings: ListenerSettings): void;
}

/** What HTTP has for itself: strangers there take nothing from those who want to chat. */
export interface WebParts extends Pick<ListenOptions, "limits"> {
  hand(socket: HttpSocket, settings: ListenerSettings): void;
}

/** A port that is open, and what it is there for. */
interface Port {
  readonly listener: Listener;
  settings: ListenerSettings;
  readonly address: string;
  /** 0 where any was taken. */
  requested: number;
}

/** A port that is to be there. */
interface WantedPort extends ListenAddress {
  readonly settings: ListenerSettings;
  readonly kept: Port | undefined;
  /** Ports that leave and are in its way. */
  readonly inTheWay: readonly Port[];
}

/** What becomes of the ports when other settings are taken. */
interface PortPlan {
  readonly wanted: readonly WantedPort[];
  readonly leaving: readonly Port[];
}

/** The ports of a server. */
export class Listeners {
  readonly #common: ListenersOptions;
  readonly #web: WebParts;
  #ports: readonly Port[] = [];
  #handshakeTimeout: number;
  /** Ports that stay closed, whatever is configured. */
  #closed: "none" | "clients" | "all" = "none";

  constructor(common: ListenersOptions, web: WebParts, handshakeTimeout: number) {
    this.#common = common;
    this.#web = web;
    this.#handshakeTimeout = handshakeTimeout;
  }

  get ports(): readonly OpenListener[] {
    return this.#ports.map(({ settings, address, listener }) => {
      return { service: settings.service, address, port: listener.port };
    });
  }

  /** All of them or none. @throws ListenError */
  async open(settings: readonly ListenerSettings[]): Promise<readonly OpenListener[]> {
    const prepared = await this.prepare(settings, this.#handshakeTimeout);
    prepared.finish();
    return this.ports;
  }

  /** Which ports other settings would open and close: "client 0.0.0.0:5222". */
  plan(settings: readonly ListenerSettings[]): Record<"opens" | "closes", readonly string[]> {
    const { wanted, leaving } = this.#plan(settings);
    const opened = wanted.filter(({ kept }) => kept === undefined);
    return {
      opens: opened.map((one) => nameOf(one.settings.service, one.address, one.settings.port)),
      closes: leaving.map((one) => nameOf(one.settings.service, one.address, one.listener.port)),
    };
  }

  /**
   * Opens the ports that are new, and lets them wait: nothing else changes before `finish`. Where an old port is in the way of a new one, that is for `swap`.
   * @throws ListenError with the service; nothing new is open then
   */
  async prepare(settings: readonly ListenerSettings[], handshakeTimeout: number): Promise<PreparedPorts> {
    const plan = this.#plan(settings);
    const prepared = new PreparedPorts(plan, {
      open: (wanted, port) => this.#open(wanted, port, handshakeTimeout),
      reopen: (port) => this.#reopen(port),
      finish: (ports) => {
        this.#handshakeTimeout = handshakeTimeout;
        // The server has closed its ports meanwhile.
        for (const { listener, settings: one } of ports) if (!this.#wants(one)) void listener.close();
        this.#ports = ports.filter((port) => this.#wants(port.settings));
        for (const port of ports) port.listener.use(this.#optionsOf(port.settings, handshakeTimeout));
      },
    });
    await prepared.openFree();
    return prepared;
  }

  /** For good: other settings open nothing any more. */
  async close(): Promise<void> {
    this.#closed = "all";
    await this.#closeUnwanted();
  }

  /** The same for those that clients log in at; where the server is administered it can still be asked how far it is. */
  async closeForClients(): Promise<void> {
    if (this.#closed === "none") this.#closed = "clients";
    await this.#closeUnwanted();
  }

  /** Takes that back. @throws ListenError when a port is somebody else's meanwhile */
  async openForClients(settings: readonly ListenerSettings[]): Promise<void> {
    if (this.#closed === "clients") this.#closed = "none";
    (await this.prepare(settings, this.#handshakeTimeout)).finish();
  }

  #wants({ service }: ListenerSettings): boolean {
    return this.#closed === "none" || (this.#closed === "clients" && !isForClients(service));
  }

  async #closeUnwanted(): Promise<void> {
    const closing = this.#ports.filter(({ settings }) => !this.#wants(settings));
    this.#ports = this.#ports.filter(({ settings }) => this.#wants(settings));
    await Promise.all(closing.map(({ listener }) => listener.close()));
  }

  #plan(settings: readonly ListenerSettings[]): PortPlan {
    const rest = new Set(this.#ports);
    const found = settings
      .filter((one) => this.#wants(one))
      .flatMap((one) =>
        one.addresses.map((address) => {
          const kept = [...rest].find((port) => isThere(port, one, address.address));
          if (kept !== undefined) rest.delete(kept);
          return { ...address, settings: one, kept };
        }),
      );
    const leaving = [...rest];
    const wanted = found.map((one) => ({
      ...one,
      inTheWay: leaving.filter(
        ({ listener, address }) =>
          one.kept === undefined && listener.port === one.settings.port && meets(address, one.address),
      ),
    }));
    return { wanted, leaving };
  }

  #optionsOf(settings: ListenerSettings, handshakeTimeout: number): Omit<ListenOptions, "address" | "port"> {
    const { service } = settings;
    const tls = service === "client-tls" || service === "https" ? "direct" : "starttls";
    const accept = (connection: Connection): void => this.#common.accept(connection, settings);
    const hand = (socket: HttpSocket): void => this.#web.hand(socket, settings);
    const web = isForClients(service) ? {} : { limits: this.#web.limits, hand };
    return { ...this.#common, accept, ...web, handshakeTimeout, tls, ipv6Only: true };
  }

  async #open(wanted: WantedPort, port: number, handshakeTimeout: number): Promise<Port | undefined> {
    const { address, optional, settings } = wanted;
    try {
      const listener = await Listener.open(
        { ...this.#optionsOf(settings, handshakeTimeout), address, port },
        true,
      );
      return { listener, settings, address, requested: settings.port };
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      if (optional && error.code === "EADDRNOTAVAIL") return undefined;
      error.service = settings.service;
      throw error;
    }
  }

  /** A port that was closed for another one comes back. */
  async #reopen({ listener, settings, address, requested }: Port): Promise<void> {
    const options = this.#optionsOf(settings, this.#handshakeTimeout);
    const again = await Listener.open({ ...options, address, port: listener.port });
    this.#ports = this.#ports.map((one) =>
      one.listener === listener ? { listener: again, settings, address, requested } : one,
    );
  }
}

interface PortSteps {
  open(wanted: WantedPort, port: number): Promise<Port | undefined>;
  reopen(port: Port): Promise<void>;
  finish(ports: readonly Port[]): void;
}

/** Ports that are open and wait, and what is still to be done for them. */
export class PreparedPorts {
  readonly #plan: PortPlan;
  readonly #steps: PortSteps;
  readonly #ready = new Map<WantedPort, Port>();
  /** Old ports that were closed for new ones. */
  readonly #given = new Set<Port>();

  constructor(plan: PortPlan, steps: PortSteps) {
    this.#plan = plan;
    this.#steps = steps;
    for (const one of plan.wanted) if (one.kept !== undefined) this.#ready.set(one, one.kept);
  }

  /** Those that nothing is in the way of. @throws ListenError; all that was opened is closed then */
  openFree(): Promise<void> {
    return this.#openAll(
      this.#plan.wanted.filter((one) => one.kept === undefined && one.inTheWay.length === 0),
    );
  }

  /** Closes old ports and opens in the same turn the new ones that they were in the way of. @throws ListenError, or an Error that names a port which could not be got back; all is as before then */
  async swap(): Promise<void> {
    for (const one of this.#plan.wanted.filter(({ inTheWay }) => inTheWay.length > 0)) {
      for (const port of one.inTheWay) {
        if (this.#given.has(port)) continue;
        this.#given.add(port);
        void port.listener.close();
      }
      await this.#openAll([one]);
    }
  }

  /** The new ports take connections, those that nobody wants any more close. */
  finish(): void {
    const { wanted, leaving } = this.#plan;
    const ports = wanted.flatMap((one) => {
      const port = this.#ready.get(one);
      if (port === undefined) return [];
      port.settings = one.settings;
      port.requested = one.settings.port;
      return [port];
    });
    this.#steps.finish(ports);
    for (const { listener } of ports) listener.begin();
    for (const { listener } of leaving) void listener.close();
  }

  /** Everything is as it was. @throws an Error that names a port which could not be got back */
  async undo(): Promise<void> {
    for (const [one, { listener }] of this.#ready) if (one.kept === undefined) await listener.close();
    this.#ready.clear();
    const given = [...this.#given];
    this.#given.clear();
    const results = await Promise.allSettled(given.map((port) => this.#steps.reopen(port)));
    const lost = results.filter((result) => result.status === "rejected");
    if (lost.length > 0)
      throw new Error(`A port is lost: ${lost.map(({ reason }) => String(reason)).join(" ")}`);
  }

  async #openAll(wanted: readonly WantedPort[]): Promise<void> {
    try {
      for (const one of wanted) {
        const port = await this.#steps.open(one, this.#portOf(one));
        if (port !== undefined) this.#ready.set(one, port);
      }
    } catch (error) {
      await this.undo();
      throw error;
    }
  }

  /** Any free port is the same one on all addresses of a service. */
  #portOf({ settings }: WantedPort): number {
    if (settings.port !== 0) return settings.port;
    for (const [one, { listener }] of this.#ready) if (one.settings === settings) return listener.port;
    return 0;
  }
}

/** Whether this port does for what is wanted: its socket need not be touched. */
function isThere(
  { address, listener, requested, settings }: Port,
  wanted: ListenerSettings,
  there: string,
): boolean {
  if (address !== there) return false;
  if (wanted.port !== 0) return listener.port === wanted.port;
  return requested === 0 && settings.service === wanted.service;
}

function nameOf(service: ListenerService, address: string, port: number): string {
  const where = address.includes(":") ? `[${address}]` : address;
  return `${service} ${where}:${port === 0 ? "any" : port}`;
}
