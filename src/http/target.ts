import { HttpError } from "./responses.ts";

/** Bytes of a request target. */
const LONGEST_TARGET = 8192;

export interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of a target in absolute form, which stands above the Host field (RFC 9112 §3.2.2). */
  readonly authority: string | undefined;
}

/** @throws HttpError 400, 414 */
export function parseTarget(target: string): Target {
  if (target.length > LONGEST_TARGET) throw new HttpError(414, "The address is too long.");
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target);
  const rest = absolute === null ? target : absolute[2]!.replace(/^(?!\/)/, "/");
  if (!rest.startsWith("/") || /[^\x21-\x7e]|#/.test(rest))
    throw new HttpError(400, "This is no address of a resource.");
  const mark = rest.indexOf("?");
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : rest.slice(mark + 1));
  return { path: decodePath(path), query, authority: absolute?.[1] };
}

/** One form for each path, so that nothing gets past a comparison in disguise. */
function decodePath(path: string): string {
  const wrong = new HttpError(400, "This is no path.");
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw wrong;
  }
  if (/%2f|%5c/i.test(path) || /[\p{Cc}\\]|\/\.{1,2}(?:\/|$)|\/\//u.test(decoded)) throw wrong;
  return decoded;
}

export interface Authority {
  /** In lower case, an IPv6 address without brackets. */
  readonly host: string;
  /** With brackets and port, for links. */
  readonly written: string;
}

/** @throws HttpError 400 */
export function parseAuthority(text: string): Authority {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text);
  if (found === null) throw new HttpError(400, "The Host field names no host.");
  const host = (found[1] ?? found[2]!).toLowerCase().replace(/(?<=[^.])\.$/, "");
  const port = found[3] === undefined ? "" : `:${Number(found[3])}`;
  return { host, written: `${found[1] === undefined ? host : `[${host}]`}${port}` };
}

/**
 * Whether the server goes by this name. A page of another site whose name its owner has pointed at this machine (DNS rebinding) comes with that name; an
 * address cannot be pointed anywhere.
 */
export function isOurName(host: string, names: ReadonlySet<string>): boolean {
  const address = host.includes(":") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
  return address || host === "localhost" || host.endsWith(".localhost") || names.has(host);
}
