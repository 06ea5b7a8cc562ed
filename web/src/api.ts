import { EventParser } from "./event-parser.ts";

/** What the server refused, or that it could not be reached (status 0). */
export class ApiError extends Error {
  readonly status: number;
  /** What came, when it was JSON. */
  readonly body: unknown;
  constructor(status: number, message: string, body?: unknown) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.body = body;
  }
}

export interface SessionInfo {
  readonly account: string;
  readonly csrf: string;
  readonly hosts: readonly string[];
  readonly version: string;
  readonly node: string;
  readonly administrators: readonly { readonly account: string; readonly origins: readonly string[] }[];
}

let csrf = "";
let whenLoggedOut = (): void => {};

/** From now on requests are those of this session; `lost` is called when the server says that it is over. */
export function useSession(session: SessionInfo, lost: () => void): void {
  csrf = session.csrf;
  whenLoggedOut = lost;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      credentials: "same-origin",
      headers: { ...init.headers, "X-CSRF-Token": csrf },
    });
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    throw new ApiError(0, (error as Error).message);
  }
  if (response.ok) return response;
  const text = await response.text();
  const wasIn = csrf !== "";
  if (response.status === 401 && wasIn) whenLoggedOut();
  const came = parsed(text);
  throw new ApiError(response.status, messageOf(came) ?? response.statusText, came);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** mod_http_api's errors are objects with a message, or texts. */
function messageOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const message = (value as { readonly message?: unknown } | undefined)?.message;
  return typeof message === "string" ? message : undefined;
}

function body(value: object): RequestInit {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}

/** One of the page's own calls. */
export async function ask<T>(path: string, value?: object): Promise<T> {
  const response = await send(`/admin/api/${path}`, value === undefined ? {} : body(value));
  return (await response.json()) as T;
}

/** A command that ends soon. */
export async function command<T>(name: string, args: object = {}): Promise<T> {
  return (await (await send(`/api/${name}`, body(args))).json()) as T;
}

/** Calls `take` with each value that the server sends, until it ends or `signal` aborts. */
export async function listen<T>(path: string, take: (value: T) => void, signal: AbortSignal): Promise<void> {
  const response = await send(`/admin/api/${path}`, { signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const data of parser.push(value)) take(JSON.parse(data) as T);
  }
}
