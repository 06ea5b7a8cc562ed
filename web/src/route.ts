import { useEffect, useState } from "preact/hooks";

const BASE = "/admin/";

/** Where in the web admin: "users/alice@localhost" is ["users", "alice@localhost"]. */
export type Route = readonly string[];

export function parseRoute(pathname: string): Route {
  const rest = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : "";
  return rest.split("/").filter(Boolean).map(decodeURIComponent);
}

export function pathOf(route: Route): string {
  return BASE + route.map(encodeURIComponent).join("/");
}

const CHANGED = "tercet-route";

export function navigate(route: Route): void {
  history.pushState(null, "", pathOf(route));
  dispatchEvent(new Event(CHANGED));
}

export function useRoute(): Route {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const changed = (): void => setPath(location.pathname);
    addEventListener("popstate", changed);
    addEventListener(CHANGED, changed);
    return () => {
      removeEventListener("popstate", changed);
      removeEventListener(CHANGED, changed);
    };
  }, []);
  return parseRoute(path);
}
