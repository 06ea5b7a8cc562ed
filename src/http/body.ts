import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError } from "./responses.ts";

/** Bytes behind the limit that are still read, so that a peer which sends before it listens gets to see the answer. */
const TOLERATED = 1024 * 1024;

/**
 * The whole body, at most `largest` bytes. A peer that waits for leave to send it (`Expect: 100-continue`) gets that here.
 * @throws HttpError 413; ConnectionLost when the peer goes away
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  largest: number,
  expectsContinue: boolean,
): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  const tooLarge = new HttpError(
    413,
    largest === 0 ? "No body is taken here." : `The body is larger than ${largest} bytes.`,
    { Connection: "close" },
  );
  if (announced > largest && (expectsContinue || announced > largest + TOLERATED)) throw tooLarge;
  if (expectsContinue) response.writeContinue();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= largest) chunks.push(chunk);
      else if (size > largest + TOLERATED) break;
    }
  } catch {
    throw new ConnectionLost();
  }
  if (size > largest) throw tooLarge;
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** There is nobody to answer to. */
export class ConnectionLost extends Error {}

/** What a peer still sends behind a request that is refused, as far as it may be expected to. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete) return void request.resume();
  let size = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > TOLERATED) resolve();
  });
  request.on("close", resolve);
  request.on("end", resolve);
  await promise;
}
