import type { HttpRoute, HttpRoutes } from "../kernel/http.ts";

/** Which route answers under which path. */
export class RouteTable implements HttpRoutes {
  readonly #exact = new Map<string, HttpRoute>();
  /** The longest path first. */
  #below: readonly HttpRoute[] = [];

  add(route: HttpRoute): void {
    const taken = this.#exact.has(route.path) || this.#below.some(({ path }) => path === route.path);
    if (taken) throw new Error(`two routes have the path ${route.path}`);
    if (!route.path.endsWith("/") || route.path === "/") this.#exact.set(route.path, route);
    else this.#below = [...this.#below, route].sort((a, b) => b.path.length - a.path.length);
  }

  find(path: string): HttpRoute | undefined {
    return this.#exact.get(path) ?? this.#below.find((route) => path.startsWith(route.path));
  }
}
