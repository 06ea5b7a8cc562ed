import type { ApiTokens } from "../admin/api-tokens.ts";
import { httpApi } from "../admin/http-api.ts";
import { metricsRoute } from "../admin/metrics-route.ts";
import { PasswordLogin } from "../admin/password-login.ts";
import type { Deadlines } from "../base/deadlines.ts";
import type { Log } from "../base/log.ts";
import type { Counter, Metrics } from "../base/metrics.ts";
import type { World } from "../base/world.ts";
import type { HttpServer } from "../http/http-server.ts";
import { RouteTable } from "../http/route-table.ts";
import type { Person } from "../kernel/access.ts";
import type { Authentication } from "../kernel/authentication.ts";
import type { Bans } from "../kernel/bans.ts";
import type { CommandCalls } from "../kernel/command-calls.ts";
import type { HttpRequest, HttpSocket } from "../kernel/http.ts";
import type { Rights } from "../kernel/rights.ts";
import { Admission, type ConnectionLimits } from "../net/admission.ts";
import type { AdminPages, PagesServices } from "./admin-pages.ts";
import type { ListenerSettings } from "./configuration-listeners.ts";
import type { CurrentConfiguration } from "./current-configuration.ts";
import type { WebParts } from "./listeners.ts";

/** A browser opens half a dozen connections, a script one after the other; what is beyond is a flood. */
const CONNECTIONS: ConnectionLimits = {
  unauthenticatedPerAddress: 64,
  perAddress: 256,
  unauthenticated: 512,
  total: 1024,
  ratePerAddress: 500,
  burstPerAddress: 2000,
};

export interface WebServices {
  readonly world: World;
  readonly log: Log;
  readonly deadlines: Deadlines;
  readonly rights: Pick<Rights, "allows">;
}

/** What the server is administered through. */
export interface Administration extends Omit<PagesServices, "login"> {
  readonly calls: CommandCalls;
  readonly tokens: ApiTokens;
  readonly bans: Bans;
  readonly authentication: Authentication;
  readonly pages: AdminPages;
  readonly metrics: Metrics;
  /** By the path of the route. */
  readonly requests: Counter;
}

/** What is served over HTTP, and to how many. Node's HTTP takes 10 MB and 50 ms: only a server that somebody asks something loads it. */
export class Web implements WebParts {
  readonly routes: RouteTable = new RouteTable();
  readonly limits: Admission;
  readonly #rights: Pick<Rights, "allows">;
  readonly #current: CurrentConfiguration;
  readonly #world: World;
  readonly #make: () => Promise<HttpServer>;
  #requests: Counter | undefined = undefined;
  #server: Promise<HttpServer> | undefined = undefined;

  constructor(current: CurrentConfiguration, parts: WebServices) {
    const { world, log, deadlines } = parts;
    this.#rights = parts.rights;
    this.#current = current;
    this.#world = world;
    this.limits = new Admission(world, log, CONNECTIONS);
    const { routes } = this;
    this.#make = async () => {
      const module = await import("../http/http-server.ts");
      return new module.HttpServer({
        log,
        deadlines,
        routes,
        names: () => current.names,
        answered: (route) => this.#requests?.count(route),
      });
    };
  }

  /** Before the first connection. */
  serve(administration: Administration): void {
    const { calls, tokens, bans, authentication, pages, metrics, requests } = administration;
    const { version } = administration.server;
    const current = this.#current;
    const login = new PasswordLogin({ authentication, hosts: current.hosts });
    const rate = {
      get perSecond() {
        return current.value.http.requests_per_second;
      },
      get atOnce() {
        return current.value.http.requests_at_once;
      },
    };
    const page = (request: HttpRequest): ReturnType<AdminPages["caller"]> => pages.caller(request);
    const api = httpApi({ calls, login, tokens, bans, page, version, rate, world: this.#world });
    const admin = pages.routes({ ...administration, login });
    const allowed = (who: Person): boolean => this.#rights.allows(current.value.http.metrics, who);
    for (const route of [...api, ...admin, metricsRoute(metrics, allowed)]) {
      this.routes.add(route);
      requests.declare(route.path);
    }
    this.#requests = requests;
  }

  hand(socket: HttpSocket, { access }: Pick<ListenerSettings, "access">): void {
    // XEP-0205 §3: who is not to be here is dropped without a word.
    if (!this.#rights.allows(access, { account: undefined, address: socket.address })) {
      socket.stream.destroy();
      return;
    }
    this.#server ??= this.#make();
    void this.#server.then((server) => server.accept(socket));
  }

  async close(): Promise<void> {
    await (await this.#server)?.close();
  }
}
