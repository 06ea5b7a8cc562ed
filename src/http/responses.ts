import type { HttpResponse } from "../kernel/http.ts";

/** In every answer, unless the route says otherwise: nothing may be executed, framed, guessed at, kept or read by other origins. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** Why a request is answered here and not by a route. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `message` is for who sent the request. */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.headers = headers;
  }
}

/** mod_http_api's shape of errors. */
export function errorResponse({ status, message, headers }: HttpError): HttpResponse {
  const body = JSON.stringify({ code: status, message, status: "error" });
  return { status, headers: { "Content-Type": "application/json", ...headers }, body };
}

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  413: "Content Too Large",
  431: "Request Header Fields Too Large",
};

/** An answer to bytes of which no request was made, after which the connection ends. */
export function rawResponse(status: number, message: string): string {
  const body = JSON.stringify({ code: status, message, status: "error" });
  const common = Object.entries(COMMON_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n${common.join("")}\r\n${body}`;
}
