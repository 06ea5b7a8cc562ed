import { timingSafeEqual } from "node:crypto";
import { isLoopback } from "../../base/address-block.ts";
import type { Caller } from "../../kernel/caller.ts";
import type { HttpRequest, HttpResponse } from "../../kernel/http.ts";
import { failure } from "../http-answers.ts";
import type { WebSession, WebSessions } from "./web-sessions.ts";

/** Requests of our pages carry the session's `csrf` in this field, which no form and no other origin can set. */
export const CSRF_FIELD = "x-csrf-token";

/** Browsers keep cookies of this prefix to what was set over TLS for this very host. */
const SECURE_NAME = "__Host-tercet-admin";
const PLAIN_NAME = "tercet-admin";

function isSecure(request: Pick<HttpRequest, "origin">): boolean {
  return request.origin.startsWith("https:");
}

/** What the session's cookie holds; undefined where there is none. */
export function cookieOf(request: HttpRequest): string | undefined {
  const name = isSecure(request) ? SECURE_NAME : PLAIN_NAME;
  for (const pair of (request.header("cookie") ?? "").split(";")) {
    const [key = "", value = ""] = pair.trim().split("=", 2);
    if (key === name && /^[\w-]{43}$/.test(value)) return value;
  }
  return undefined;
}

/** The field that sets the cookie, or takes it away. */
export function cookieField(request: HttpRequest, text: string | undefined): string {
  const secure = isSecure(request);
  const value = `${secure ? SECURE_NAME : PLAIN_NAME}=${text ?? ""}`;
  const age = text === undefined ? "; Max-Age=0" : "";
  return `${value}; Path=/; HttpOnly; SameSite=Strict${age}${secure ? "; Secure" : ""}`;
}

export interface WebCaller {
  readonly caller: Caller;
  readonly session: WebSession;
}

/** Without the field that makes browsers ask for a password of their own. */
export function loggedOut({ closed }: Pick<WebSessions, "closed">): HttpResponse {
  return closed ? failure(503, 10, "The server stops.") : failure(401, 10, "Log in.");
}

/** Who has logged in to the pages, or the answer to somebody who has not; undefined for a request that is of no page. */
export async function webCaller(
  sessions: Pick<WebSessions, "closed" | "find">,
  request: HttpRequest,
): Promise<WebCaller | HttpResponse | undefined> {
  const cookie = cookieOf(request);
  const csrf = request.header(CSRF_FIELD);
  if (cookie === undefined) return csrf === undefined ? undefined : loggedOut(sessions);
  const session = await sessions.find(cookie);
  if (session === undefined) return loggedOut(sessions);
  if (csrf === undefined || !same(csrf, session.csrf))
    return failure(403, 32, "This request does not come from a page of the web admin.");
  return { session, caller: callerOf(session, request) };
}

export function callerOf({ account }: Pick<WebSession, "account">, request: HttpRequest): Caller {
  // What a proxy on this machine brings comes from anywhere.
  const direct = request.local || !isLoopback(request.address);
  return {
    front: "web",
    account,
    address: direct ? request.address : undefined,
    scopes: undefined,
  };
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
