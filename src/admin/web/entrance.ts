import { AccountError } from "../../kernel/accounts.ts";
import type { HttpRequest, HttpResponse } from "../../kernel/http.ts";
import { Jid } from "../../xmpp/jid.ts";
import { failure, json } from "../http-answers.ts";
import { objectOf } from "./request-body.ts";
import type { WebAdminOptions } from "./web-admin-options.ts";
import { callerOf, cookieField, cookieOf, loggedOut, type WebCaller } from "./web-caller.ts";
import type { WebSession } from "./web-sessions.ts";

const CONFIDENTIAL = "Passwords are taken only over TLS, or from this machine.";

/** The ways into the web admin and out of it. */
export class Entrance {
  readonly #options: WebAdminOptions;

  constructor(options: WebAdminOptions) {
    this.#options = options;
  }

  /** With a password: `{user, password}`, the user with or without the domain. */
  async login(request: HttpRequest): Promise<HttpResponse> {
    if (!request.confidential) return failure(403, 32, CONFIDENTIAL);
    const { user, password } = objectOf(request) ?? {};
    if (typeof user !== "string" || typeof password !== "string")
      return failure(400, 10_001, "It takes 'user' and 'password', two texts.");
    const { login, rights, calls } = this.#options;
    const answer = await login.check(this.#fullName(user), password, request.address);
    const log = (result: string): void =>
      calls.log[result === "done" ? "info" : "warn"]("web login", { address: request.address, result });
    if ("fault" in answer) {
      log(answer.fault);
      return answer.fault === "later"
        ? failure(503, 10, "Too many logins at once; try again in a moment.")
        : failure(401, 10, "The account or its password is wrong.");
    }
    if (!rights.isAdministrator(answer.account)) {
      log("no administrator");
      return failure(403, 32, `${answer.account.bare} does not administer this server.`);
    }
    log("done");
    return this.#enter(request, answer.account);
  }

  /** The first administrator, by the link: `{token, user, password}`. */
  async setUp(request: HttpRequest): Promise<HttpResponse> {
    if (!request.confidential) return failure(403, 32, CONFIDENTIAL);
    const { token, user, password } = objectOf(request) ?? {};
    if (typeof token !== "string" || typeof user !== "string" || typeof password !== "string")
      return failure(400, 10_001, "It takes 'token', 'user' and 'password', three texts.");
    const { setup, administrators, calls } = this.#options;
    const claim = setup.claim(token);
    const { address } = request;
    if (claim === undefined) {
      calls.log.warn("web setup", { address, result: "refused" });
      return failure(404, 40, "This link does not work any more. `tercetctl setup_link` gives a new one.");
    }
    const account = Jid.parse(this.#fullName(user));
    try {
      if (account === undefined || account.local === "" || !account.isBare)
        return failure(400, 10_001, "This cannot be the name of an account.");
      const refusal = await this.#makeAccount(account, password);
      if (refusal !== undefined) return refusal;
      await administrators.add(account);
      claim.done();
      calls.log.info("web setup", { address, account, result: "done" });
      return this.#enter(request, account);
    } finally {
      claim.release();
    }
  }

  /** An account that is there already may become the administrator's by its password. */
  async #makeAccount(account: Jid, password: string): Promise<HttpResponse | undefined> {
    const { accounts } = this.#options;
    try {
      if (!(await accounts.exists(account))) {
        await accounts.create(account, password);
        return undefined;
      }
      if (await accounts.checkPassword(account, password)) return undefined;
      return failure(409, 10_090, `${account} is there already, and has another password.`);
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      const texts = {
        exists: `${account} is there already.`,
        missing: `${account} is not there.`,
        "unknown-host": `${account.domain} is not a host of this server.`,
        localpart: "This cannot be the name of an account.",
        password: "This cannot be a password: it is empty or has characters that no client can send.",
      };
      return failure(400, 10_001, texts[error.fault]);
    }
  }

  /** Whoever has the cookie learns what its pages need. */
  async resume(request: HttpRequest): Promise<WebCaller | HttpResponse> {
    const cookie = cookieOf(request);
    const session = cookie === undefined ? undefined : await this.#options.sessions.find(cookie);
    return session === undefined
      ? loggedOut(this.#options.sessions)
      : { session, caller: callerOf(session, request) };
  }

  /** `{everywhere: true}`: all sessions of the account. */
  logout(request: HttpRequest, { account }: WebSession): HttpResponse {
    const { sessions, calls } = this.#options;
    const everywhere = objectOf(request)?.["everywhere"] === true;
    if (everywhere) sessions.closeAll(account);
    else sessions.close(cookieOf(request) ?? "");
    calls.log.info("web logout", { account, address: request.address, everywhere });
    return json(200, 0, { "Set-Cookie": cookieField(request, undefined) });
  }

  describe({ account, csrf, since }: WebSession): object {
    const { server, administrators } = this.#options;
    return {
      account: account.toString(),
      csrf,
      since,
      hosts: server.hosts,
      version: server.version,
      node: server.node,
      administrators: administrators.list().map((one) => ({ ...one, account: one.account.toString() })),
    };
  }

  #enter(request: HttpRequest, account: Jid): HttpResponse {
    const { text, session } = this.#options.sessions.open(account, request.address);
    request.authenticated();
    return json(200, this.describe(session), { "Set-Cookie": cookieField(request, text) });
  }

  #fullName(user: string): string {
    const name = user.trim();
    return name.includes("@") ? name : `${name}@${this.#options.server.hosts[0]}`;
  }
}
