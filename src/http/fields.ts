import type { IncomingMessage } from "node:http";
import { HttpError } from "./responses.ts";

/** Fields of one request. */
const MOST_FIELDS = 100;

/** Where a second one would mean something else to somebody on the way (RFC 9110 §5.3). */
const ONCE = ["host", "authorization", "content-type", "content-length", "origin", "cookie"];

/** A proxy has put one of these in: the peer does not speak for itself. */
const FORWARDED = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
];

/** @throws HttpError 400, 431 */
export function checkFields({ rawHeaders }: IncomingMessage): void {
  if (rawHeaders.length / 2 > MOST_FIELDS) throw new HttpError(431, "There are too many header fields.");
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (ONCE.includes(name) && seen.has(name)) throw new HttpError(400, `The field ${name} is there twice.`);
    seen.add(name);
  }
}

export function isForwarded(request: IncomingMessage): boolean {
  return FORWARDED.some((name) => request.headers[name] !== undefined);
}

/** "Application/JSON; charset=utf-8" is "application/json". */
export function mediaType(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
}
