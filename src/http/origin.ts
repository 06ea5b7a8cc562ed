import { HttpError } from "./responses.ts";

/**
 * Refuses what a page of another origin makes a browser send. Browsers name the page's origin in every request that could change something, and newer ones
 * say of each request where it comes from (Fetch Metadata). Links from elsewhere may be followed; programs that are no browsers say neither.
 * @throws HttpError 403
 */
export function checkOrigin(
  method: string,
  authority: string,
  field: (name: string) => string | undefined,
): void {
  const origin = field("origin");
  // The scheme is left out: behind a proxy that ends TLS ours is another than the browser's.
  if (origin !== undefined && origin.replace(/^https?:\/\//, "").toLowerCase() !== authority) throw foreign();
  const site = field("sec-fetch-site");
  if (site === undefined || site === "same-origin" || site === "none") return;
  if (method !== "GET" || field("sec-fetch-mode") !== "navigate") throw foreign();
}

function foreign(): HttpError {
  return new HttpError(403, "Pages of other origins may not use this.");
}
