import { addressBlock } from "../../base/address-block.ts";
import { RateLimit } from "../../base/rate-limit.ts";
import type { Caller } from "../../kernel/caller.ts";
import type { HttpRequest, HttpResponse, HttpRoute } from "../../kernel/http.ts";
import { failure, json, notFound, tooMany } from "../http-answers.ts";
import { describeCommands } from "./command-forms.ts";
import { Entrance } from "./entrance.ts";
import { eventStream } from "./events.ts";
import { liveFigures } from "./figures.ts";
import type { PageCall } from "./page-call.ts";
import { objectOf } from "./request-body.ts";
import { type CallSummary, RunningCalls } from "./running-calls.ts";
import type { WebAdminOptions } from "./web-admin-options.ts";
import { loggedOut, type WebCaller, webCaller } from "./web-caller.ts";
import { assetAnswer, pageAnswer } from "./web-files.ts";

/** As a request over the control socket. */
const LARGEST_BODY = 256 * 1024;

/** Requests of one address: a page makes a handful at once. */
const RATE = { perSecond: 50, atOnce: 300 };

/** The web admin: a page, the files that it is made of, and what it asks for beside the commands of the HTTP API. */
export function webAdmin(
  options: WebAdminOptions,
  more: ReadonlyMap<string, PageCall> = new Map(),
): readonly HttpRoute[] {
  const entrance = new Entrance(options);
  const admin = new PageCalls(options, entrance, more);
  const page = async (request: HttpRequest): Promise<HttpResponse> => {
    const files = await options.pages.files();
    const asset = /^\/admin\/assets\/([\w.-]+)$/.exec(request.path);
    if (asset !== null) return assetAnswer(files, asset[1]!) ?? notFound();
    // The page of the setup is there only while a link works.
    const missing = request.path === "/admin/setup" && !options.setup.isOpen;
    return pageAnswer(files, missing ? 404 : 200);
  };
  return [
    { path: "/admin", methods: ["GET"], largestBody: 0, handle: () => redirect("/admin/") },
    { path: "/admin/", methods: ["GET"], largestBody: 0, handle: page },
    {
      path: "/admin/api/",
      methods: ["GET", "POST"],
      largestBody: LARGEST_BODY,
      types: ["application/json"],
      handle: (request) => admin.handle(request),
    },
  ];
}

function redirect(path: string): HttpResponse {
  return { status: 308, headers: { Location: path } };
}

class PageCalls {
  readonly #options: WebAdminOptions;
  readonly #entrance: Entrance;
  readonly #running: RunningCalls;
  readonly #rate: RateLimit;
  /** By method and path below `/admin/api/`. */
  readonly #calls: ReadonlyMap<string, PageCall>;

  constructor(options: WebAdminOptions, entrance: Entrance, more: ReadonlyMap<string, PageCall>) {
    this.#options = options;
    this.#entrance = entrance;
    this.#running = new RunningCalls(options);
    this.#rate = new RateLimit(options.world, RATE);
    this.#calls = new Map<string, PageCall>([
      ["GET session", (_, who) => json(200, entrance.describe(who.session))],
      ["POST logout", (request, who) => entrance.logout(request, who.session)],
      ["GET commands", (_, who) => json(200, describeCommands(options.calls.open(who.caller)))],
      ["GET calls", (_, { caller }) => json(200, this.#known(caller))],
      ["POST calls", (request, who) => this.#start(request, who.caller)],
      ["POST cancel", (request, who) => this.#cancel(request, who)],
      ["GET follow", (request, who) => this.#follow(request, who)],
      ["GET figures", (request, who) => this.#figures(request, who)],
      ...more,
    ]);
  }

  async handle(request: HttpRequest): Promise<HttpResponse> {
    const wait = this.#rate.take(addressBlock(request.address));
    if (wait > 0) return tooMany(wait);
    const name = `${request.method} ${request.path.slice("/admin/api/".length)}`;
    if (name === "POST login") return this.#entrance.login(request);
    if (name === "POST setup") return this.#entrance.setUp(request);
    const call = this.#calls.get(name);
    if (call === undefined) return notFound();
    const who =
      name === "GET session"
        ? await this.#entrance.resume(request)
        : await webCaller(this.#options.sessions, request);
    if (who === undefined) return loggedOut(this.#options.sessions);
    if ("status" in who) return who;
    // A right that was taken away ends what was begun with it.
    if (!this.#options.rights.isAdministrator(who.session.account))
      return failure(403, 32, "This account does not administer the server any more.");
    request.authenticated();
    return call(request, who);
  }

  #start(request: HttpRequest, caller: Caller): HttpResponse {
    const body = objectOf(request);
    if (body === undefined) return failure(400, 10_001, "The body has to be a JSON object.");
    const { command, arguments: given } = body;
    if (typeof command !== "string" || typeof given !== "object" || given === null || Array.isArray(given))
      return failure(400, 10_001, "It takes 'command', a name, and 'arguments', an object.");
    const id = this.#running.start(command, given, caller);
    return id === undefined ? failure(429, 429, "Too many commands run already.") : json(202, { id });
  }

  /** Whoever may run a command may also see it run and end it. */
  #known(caller: Caller): readonly CallSummary[] {
    const open = new Set(this.#options.calls.open(caller).map(({ name }) => name));
    return this.#running.list().filter(({ command }) => open.has(command));
  }

  #cancel(request: HttpRequest, { caller }: WebCaller): HttpResponse {
    const wanted = objectOf(request)?.["id"];
    const found = this.#known(caller).find(({ id }) => id === wanted);
    if (found === undefined || !this.#running.cancel(found.id)) return notFound();
    const { front, account, address } = caller;
    this.#options.calls.log.info("command cancelled", { command: found.command, front, account, address });
    return json(200, 0);
  }

  #follow({ query, signal }: HttpRequest, { caller, session }: WebCaller): HttpResponse {
    const id = query.get("id") ?? "";
    const both = AbortSignal.any([signal, session.signal]);
    const events = this.#known(caller).some((one) => one.id === id)
      ? this.#running.follow(id, both)
      : undefined;
    return events === undefined ? notFound() : eventStream(events, both, this.#options.world);
  }

  #figures({ signal }: HttpRequest, { session, caller }: WebCaller): HttpResponse {
    const { rights, figures, world } = this.#options;
    if (!rights.mayRun(caller, { name: "stats", tags: ["statistics"] }))
      return failure(403, 32, "AccessRules: Account does not have the right to perform the operation.");
    const both = AbortSignal.any([signal, session.signal]);
    return eventStream(liveFigures(figures, both, world), both, world);
  }
}
