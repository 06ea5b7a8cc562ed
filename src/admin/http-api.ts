import { addressBlock, isLoopback } from "../base/address-block.ts";
import { RateLimit, type RateLimitSettings } from "../base/rate-limit.ts";
import type { World } from "../base/world.ts";
import type { Bans } from "../kernel/bans.ts";
import type { Caller } from "../kernel/caller.ts";
import type { CommandCalls } from "../kernel/command-calls.ts";
import type { Command } from "../kernel/commands.ts";
import type { HttpRequest, HttpResponse, HttpRoute } from "../kernel/http.ts";
import { type ApiTokens, shortName } from "./api-tokens.ts";
import { errorAnswer, failure, json, notFound, resultJson, tooMany, unauthorized } from "./http-answers.ts";
import { openApi } from "./openapi.ts";
import type { PasswordLogin } from "./password-login.ts";

/** As a request over the control socket. */
const LARGEST_BODY = 256 * 1024;
/** mod_http_api's newest version; above it there is nothing. */
const NEWEST_VERSION = 3;

export interface HttpApiOptions {
  readonly calls: CommandCalls;
  readonly login: Pick<PasswordLogin, "check">;
  readonly tokens: Pick<ApiTokens, "find">;
  readonly bans: Pick<Bans, "of">;
  readonly world: Pick<World, "monotonic">;
  /** Who has logged in to the web admin, or the answer to somebody of its pages who has not; undefined for others. */
  readonly page: (request: HttpRequest) => Promise<{ readonly caller: Caller } | HttpResponse | undefined>;
  /** For each address, and for each token. */
  readonly rate: RateLimitSettings;
  /** Of the server. */
  readonly version: string;
}

/** The commands over HTTP, as ejabberd's mod_http_api: `POST /api/NAME` with the arguments as a JSON object. */
export function httpApi(options: HttpApiOptions): readonly HttpRoute[] {
  const api = new Api(options);
  return [
    {
      path: "/api/",
      methods: ["GET", "POST"],
      largestBody: LARGEST_BODY,
      // The second one is what curl says when nobody tells it otherwise; no form can send JSON as it.
      types: ["application/json", "application/x-www-form-urlencoded"],
      handle: (request) => api.handle(request),
    },
    {
      path: "/api/openapi.json",
      methods: ["GET"],
      largestBody: 0,
      handle: () => json(200, openApi(options.calls.registry.all(), options.version)),
    },
  ];
}

class Api {
  readonly #options: HttpApiOptions;
  readonly #byAddress: RateLimit;
  readonly #byToken: RateLimit;

  constructor(options: HttpApiOptions) {
    this.#options = options;
    this.#byAddress = new RateLimit(options.world, options.rate);
    this.#byToken = new RateLimit(options.world, options.rate);
  }

  async handle(request: HttpRequest): Promise<HttpResponse> {
    const wait = this.#byAddress.take(addressBlock(request.address));
    if (wait > 0) return tooMany(wait);
    const named = /^\/api\/([a-z][a-z0-9_-]{0,63})(?:\/v(\d))?$/.exec(request.path);
    const version = named?.[2] === undefined ? undefined : Number(named[2]);
    if (named === null || (version ?? 0) > NEWEST_VERSION) return notFound();
    const command = this.#options.calls.registry.get(named[1]!, version);
    if (command === undefined) return notFound();
    const caller = await this.#caller(request);
    if ("status" in caller) {
      const { address } = request;
      if (caller.status === 401) this.#options.calls.log.warn("login refused", { front: "http", address });
      return caller;
    }
    if (caller.account !== undefined) request.authenticated();
    const values = argumentsOf(request, command);
    return "answer" in values ? values.answer : this.#run(command, values.given, caller);
  }

  async #run(command: Command, given: object, caller: Caller): Promise<HttpResponse> {
    const { calls } = this.#options;
    try {
      const context = {
        caller,
        // Who goes away has not said stop.
        signal: new AbortController().signal,
        note() {},
        progress() {},
        waitForEnd() {},
      };
      return json(200, resultJson(await calls.withObject(command.name, given, context, command.version)));
    } catch (error) {
      const answer = errorAnswer(error);
      if (answer !== undefined) return answer;
      calls.log.error("command failed", { command: command.name, error });
      return failure(500, 10_000, "The command failed inside the server; its log says why.");
    }
  }

  /** Who it is, or why that cannot be said. Without credentials it is somebody at an address, whom rules may still allow something. */
  async #caller(request: HttpRequest): Promise<Caller | HttpResponse> {
    const header = request.header("authorization");
    // What a proxy on this machine brings comes from anywhere.
    const direct = request.local || !isLoopback(request.address);
    const stranger: Caller = {
      front: "http",
      account: undefined,
      address: direct ? request.address : undefined,
      scopes: undefined,
    };
    if (header === undefined) {
      const page = await this.#options.page(request);
      if (page === undefined) return stranger;
      return "caller" in page ? page.caller : page;
    }
    if (!request.confidential)
      return failure(403, 32, "Passwords and tokens are taken only over TLS, or from this machine.");
    const [, scheme = "", value = ""] = /^([a-z]+) +(\S+)$/i.exec(header) ?? [];
    if (scheme.toLowerCase() === "bearer") return this.#bearer(value, stranger);
    if (scheme.toLowerCase() === "basic") return this.#basic(value, stranger, request.address);
    return unauthorized("The way to log in is Basic or Bearer.");
  }

  async #bearer(text: string, stranger: Caller): Promise<Caller | HttpResponse> {
    const found = this.#options.tokens.find(text);
    if (found === undefined) return unauthorized("Oauth Token is invalid or expired.");
    const wait = this.#byToken.take(found.hash);
    if (wait > 0) return tooMany(wait);
    const { account, scopes } = found;
    if ((await this.#options.bans.of(account)) !== undefined)
      return failure(403, 32, "The account is banned.");
    return { ...stranger, account, scopes, credential: shortName(found) };
  }

  async #basic(value: string, stranger: Caller, address: string): Promise<Caller | HttpResponse> {
    const text = Buffer.from(value, "base64").toString();
    const colon = text.indexOf(":");
    const answer =
      colon < 0 || text.includes("\ufffd")
        ? { fault: "refused" as const }
        : await this.#options.login.check(text.slice(0, colon), text.slice(colon + 1), address);
    if ("account" in answer) return { ...stranger, account: answer.account };
    if (answer.fault === "later") return failure(503, 10, "Too many logins at once; try again in a moment.");
    return unauthorized("The account or its password is wrong.");
  }
}

type Given = { readonly given: object } | { readonly answer: HttpResponse };

function argumentsOf(request: HttpRequest, command: Command): Given {
  if (request.method === "GET") {
    const secret = Object.values(command.args).some((argument) => argument.secret);
    // What stands in an address is kept by logs and histories.
    if (command.permission !== "read" || secret)
      return { answer: failure(405, 405, "This command takes POST.", { Allow: "POST, OPTIONS" }) };
    const names = [...request.query.keys()];
    if (new Set(names).size < names.length) return { answer: json(400, "An argument is there twice.") };
    return { given: Object.fromEntries(request.query) };
  }
  if (request.body.length === 0) return { given: {} };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(request.body));
  } catch {
    return { answer: json(400, "The body is no JSON.") };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { answer: json(400, "The body has to be a JSON object with the arguments.") };
  return { given: value };
}
