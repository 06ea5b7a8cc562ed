import type { ServerResponse } from "node:http";
import type { HttpResponse } from "../kernel/http.ts";
import { COMMON_HEADERS } from "./responses.ts";

/**
 * Sends an answer; resolves when it has left or the peer has. `stalled` is told from when on and
 * until when the peer has more to read than it takes at once. Rejects with what the body throws.
 */
export async function writeResponse(
  response: ServerResponse,
  { status, headers, body = "" }: HttpResponse,
  signal: AbortSignal,
  stalled: (waits: boolean) => void,
): Promise<void> {
  if (signal.aborted) return;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve());
  response.on("finish", resolve);
  response.statusCode = status;
  for (const [name, value] of Object.entries({ ...COMMON_HEADERS, ...headers })) {
    response.setHeader(name, value as string | string[]);
  }
  if (typeof body === "string" || body instanceof Uint8Array) {
    // A 204 has no such field (RFC 9110 §8.6).
    if (status !== 204) response.setHeader("Content-Length", Buffer.byteLength(body));
    response.end(body);
  } else {
    for await (const piece of body) {
      if (signal.aborted) return;
      if (response.write(piece)) continue;
      stalled(true);
      await Promise.race([drained(response), over]);
      stalled(false);
    }
    response.end();
  }
  stalled(true);
  await over;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once("drain", resolve));
}
