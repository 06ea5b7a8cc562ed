import { relative, resolve } from "node:path";
import { SYSTEM_DATA } from "./data-directory.ts";
import { shellWord } from "./shell-word.ts";

/** What a server that has started can say about itself. */
export interface Ready {
  readonly version: string;
  readonly hosts: readonly string[];
  /** Absolute. */
  readonly dataDirectory: string;
  /** Absolute. */
  readonly configurationFile: string | undefined;
  readonly listeners: readonly { readonly service: string; readonly port: number }[];
  /** Where the first administrator is made, while there is none. */
  readonly firstLogin: string | undefined;
  /** Milliseconds from the start of the process. */
  readonly startedMs: number;
}

const SERVICES: Readonly<Record<string, string>> = { client: "STARTTLS", "client-tls": "TLS" };
const WEB = ["http", "https"];

/** The lines that a person sees when the server is ready; only what is there. `launchers` is the folder of `tercetctl`. */
export function banner(ready: Ready, launchers: string): string {
  const [host = "localhost"] = ready.hosts;
  const file = ready.configurationFile;
  const origin = file === undefined ? "" : `, configuration in ${nearby(file)}`;
  const seconds = (ready.startedMs / 1000).toFixed(1);
  const ports = new Map(ready.listeners.map(({ service, port }) => [service, port]));
  const xmpp = [...ports]
    .filter(([service]) => !WEB.includes(service))
    .map(([service, port]) => `${host}:${port} (${SERVICES[service] ?? service})`)
    .join(", ");
  const web = ready.listeners.find(({ service }) => WEB.includes(service));
  const tercetctl = shellWord(nearby(resolve(launchers, "tercetctl"))) + whereIts(ready.dataDirectory);
  const register = `${tercetctl} register alice ${host}`;
  // On an ordinary terminal, 80 columns, the second one may need a line of its own.
  const gap = 13 + register.length + 6 + tercetctl.length + 5 <= 80 ? "      " : `\n${" ".repeat(13)}`;
  return `Tercet ${ready.version} is ready in ${seconds} s: ${ready.hosts.join(", ")}, data in ${nearby(ready.dataDirectory)}${origin}

  XMPP       ${xmpp}${web === undefined ? "" : webLines(`${web.service}://localhost:${web.port}`, ready.firstLogin)}
  Commands   ${register}${gap}${tercetctl} help

`;
}

function webLines(origin: string, firstLogin: string | undefined): string {
  const first =
    firstLogin === undefined ? "" : `\n             first login: ${firstLogin}  (once, within 15 minutes)`;
  return `\n  Web admin  ${origin}/admin${first}\n  HTTP API   ${origin}/api/openapi.json`;
}

/** What `tercetctl` has to be told to find the server, which it looks for in two places itself. */
function whereIts(data: string): string {
  return data === resolve("data") || data === SYSTEM_DATA ? "" : ` --data ${shellWord(nearby(data))}`;
}

/** A path below the working directory from there, any other one in full. */
function nearby(path: string): string {
  const short = relative(process.cwd(), path);
  if (short === "" || short.startsWith("..")) return path;
  return short.includes("/") ? short : `./${short}`;
}
