import type { HttpResponse } from "../../kernel/http.ts";

export interface WebFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/** The pages as they are built, or why they are not. */
export type WebFiles =
  | {
      readonly state: "built";
      readonly page: WebFile;
      /** By name; each name has the hash of its content in it. */
      readonly assets: ReadonlyMap<string, WebFile>;
    }
  | { readonly state: "building" }
  | { readonly state: "failed"; readonly reason: string };

/** Where the pages come from. */
export interface WebPages {
  /** Begins to build them where they are not there yet. */
  files(): WebFiles | Promise<WebFiles>;
}

/** Scripts and styles come from files of this server alone; nothing that a user has written can become one. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const PAGE_FIELDS = {
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
};

/** The one page of the web admin, which finds out for itself what to show. */
export function pageAnswer(files: WebFiles, status: number): HttpResponse {
  if (files.state !== "built") return waitingAnswer(files);
  return {
    status,
    headers: { ...PAGE_FIELDS, "Content-Type": files.page.type, "Cache-Control": "no-cache" },
    body: files.page.body,
  };
}

/**
 * Loads the page anew once it is no more being built. Not by `<meta http-equiv="refresh">`: with something behind the # of its address, as the link
 * for the first administrator has, a browser only jumps within the page.
 */
const WAITING = `setInterval(async () => {
  const answer = await fetch(location.pathname);
  if (!answer.headers.has("Retry-After")) location.reload();
}, 1500);
`;

export function assetAnswer(files: WebFiles, name: string): HttpResponse | undefined {
  if (name === "waiting.js")
    return { status: 200, headers: { "Content-Type": "text/javascript; charset=utf-8" }, body: WAITING };
  const found = files.state === "built" ? files.assets.get(name) : undefined;
  if (found === undefined) return undefined;
  // The name changes with the content.
  const headers = { "Content-Type": found.type, "Cache-Control": "public, max-age=31536000, immutable" };
  return { status: 200, headers, body: found.body };
}

function waitingAnswer(files: Exclude<WebFiles, { readonly state: "built" }>): HttpResponse {
  const text =
    files.state === "building"
      ? "<p>The pages are being built; this takes a few seconds. XMPP and commands work meanwhile. This page reloads itself.</p>"
      : `<p>The pages could not be built, and so there is no web admin. XMPP and commands (<code>tercetctl help</code>) work.</p><pre>${escaped(files.reason)}</pre><p>The server tries again when it is started anew.</p>`;
  const reload = files.state === "building" ? '<script src="/admin/assets/waiting.js"></script>' : "";
  return {
    status: 503,
    headers: {
      ...PAGE_FIELDS,
      "Content-Type": "text/html; charset=utf-8",
      ...(files.state === "building" ? { "Retry-After": "2" } : {}),
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">${reload}<title>Tercet</title><h1>Tercet</h1>${text}</html>\n`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
