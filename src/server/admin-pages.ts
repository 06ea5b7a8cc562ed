import { join } from "node:path";
import { json } from "../admin/http-answers.ts";
import type { PasswordLogin } from "../admin/password-login.ts";
import { configurationPage } from "../admin/web/configuration-page.ts";
import { logPage } from "../admin/web/log-page.ts";
import type { PageCall } from "../admin/web/page-call.ts";
import { setupAddress } from "../admin/web/setup-command.ts";
import { SetupLink } from "../admin/web/setup-link.ts";
import { webAdmin } from "../admin/web/web-admin.ts";
import type { WebAdminOptions } from "../admin/web/web-admin-options.ts";
import { webCaller } from "../admin/web/web-caller.ts";
import { WebSessions } from "../admin/web/web-sessions.ts";
import type { Log } from "../base/log.ts";
import type { LogTail } from "../base/log-tail.ts";
import type { World } from "../base/world.ts";
import type { ConfigurationControl } from "../kernel/configuration-control.ts";
import type { AnyExtension } from "../kernel/extension.ts";
import type { HttpRequest, HttpRoute } from "../kernel/http.ts";
import type { JsonSchema } from "../kernel/option-types.ts";
import { type Options, schemaOf } from "../kernel/options.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Jid } from "../xmpp/jid.ts";
import { configurationOptions } from "./configuration-options.ts";
import type { Core } from "./core.ts";
import { extensions } from "./extensions.ts";
import type { OpenListener } from "./listeners.ts";
import type { MeasuredStorage } from "./measuring.ts";
import { ServerFigures } from "./server-figures.ts";
import { BuiltPages } from "./web-pages.ts";

/** Milliseconds between two looks for sessions whose time is over. */
const SWEEP = 60_000;

const WEB_FOLDER = join(import.meta.dirname, "../../web");

export interface AdminPagesOptions {
  readonly world: World;
  readonly log: Log;
  readonly tail: LogTail;
  /** Whether an account is there and may log in. */
  readonly mayStay: (account: Jid) => Promise<boolean>;
}

/** What the pages need of a server that is composed. */
export interface PagesServices
  extends Pick<WebAdminOptions, "calls" | "accounts" | "administrators" | "rights"> {
  readonly login: Pick<PasswordLogin, "check">;
  readonly server: ServerControl;
  readonly core: Pick<Core, "loaded" | "outcomes" | "sessions">;
  readonly storage: Pick<MeasuredStorage, "commits" | "timed">;
  readonly configuration: ConfigurationControl;
}

/** The web admin of one server: who has logged in, the link for the first administrator, and the files. */
export class AdminPages {
  readonly sessions: WebSessions;
  readonly setup: SetupLink;
  readonly tail: LogTail;
  readonly #world: World;
  readonly #log: Log;
  readonly #files: BuiltPages;
  readonly #stopSweep: () => void;
  #listeners: () => readonly OpenListener[] = () => [];

  constructor({ world, log, tail, mayStay }: AdminPagesOptions) {
    this.#world = world;
    this.#log = log;
    this.tail = tail;
    this.sessions = new WebSessions({ world, mayStay });
    this.setup = new SetupLink(world);
    this.#files = new BuiltPages({ folder: WEB_FOLDER, log });
    this.#stopSweep = world.every(SWEEP, () => this.sessions.expire());
  }

  /** Who has logged in to the pages, for the HTTP API. */
  caller(request: HttpRequest): ReturnType<typeof webCaller> {
    return webCaller(this.sessions, request);
  }

  routes(services: PagesServices): readonly HttpRoute[] {
    const { server, core, storage, rights, configuration } = services;
    const { sessions, outcomes, loaded } = core;
    const world = this.#world;
    const figures = new ServerFigures({ world, server, sessions, outcomes, storage });
    const about = json(200, { xeps: xepsOf(loaded) });
    const options = {
      ...services,
      pages: this.#files,
      sessions: this.sessions,
      setup: this.setup,
      figures,
      world,
    };
    const { tail } = this;
    const schema = (): JsonSchema => schemaOf(configurationOptions(extensions) as unknown as Options);
    return webAdmin(
      options,
      new Map<string, PageCall>([
        ["GET about", () => about],
        ...logPage({ tail, rights, world }),
        ...configurationPage({ configuration, schema, rights, log: this.#log }),
      ]),
    );
  }

  /** From now on links lead here. */
  at(listeners: () => readonly OpenListener[]): void {
    this.#listeners = listeners;
  }

  /** What links begin with; undefined where nothing is served over HTTP. Never what a request says about itself. */
  origin(): string | undefined {
    const all = this.#listeners();
    const found =
      all.find(({ service }) => service === "http") ?? all.find(({ service }) => service === "https");
    if (found === undefined) return undefined;
    const { service, address, port } = found;
    const everywhere = /^(?:127\.|::1$|0\.0\.0\.0$|::$)/.test(address);
    const host = everywhere ? "localhost" : address.includes(":") ? `[${address}]` : address;
    return `${service}://${host}:${port}`;
  }

  /** A link on which the first administrator is made. */
  firstLogin(): string | undefined {
    const origin = this.origin();
    return origin === undefined ? undefined : setupAddress(origin, this.setup.make());
  }

  /** Builds the pages if they are not built, so that nobody has to wait for them. */
  prepare(): void {
    this.#files.prepare();
  }

  close(): void {
    this.#stopSweep();
    this.sessions.closeEverything();
    this.#files.close();
  }
}

function xepsOf(extensions: readonly AnyExtension[]): readonly object[] {
  return extensions
    .flatMap(({ name, xeps }) =>
      Object.entries(xeps).map(([number, version]) => ({ number: Number(number), version, extension: name })),
    )
    .sort((a, b) => a.number - b.number);
}
