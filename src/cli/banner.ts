import { relative, resolve } from "node:path";

/** What a server that has started can say about itself. */
export interface Ready {
  readonly version: string;
  readonly hosts: readonly string[];
  /** Absolute. */
  readonly dataDirectory: string;
  /** Absolute. */
  readonly configurationFile: string | undefined;
  readonly listeners: readonly { readonly service: string; readonly port: number }[];
  /** Milliseconds from the start of the process. */
  readonly startedMs: number;
}

const SERVICES: Readonly<Record<string, string>> = { client: "STARTTLS", "client-tls": "TLS" };

/** The lines that a person sees when the server is ready; only what is there. `launchers` is the folder of `tercetctl`. */
export function banner(ready: Ready, launchers: string): string {
  const [host = "localhost"] = ready.hosts;
  const file = ready.configurationFile;
  const origin = file === undefined ? "" : `, configuration in ${nearby(file)}`;
  const seconds = (ready.startedMs / 1000).toFixed(1);
  const ports = new Map(ready.listeners.map(({ service, port }) => [service, port]));
  const xmpp = [...ports]
    .map(([service, port]) => `${host}:${port} (${SERVICES[service] ?? service})`)
    .join(", ");
  const tercetctl = nearby(resolve(launchers, "tercetctl"));
  return `Tercet ${ready.version} is ready in ${seconds} s: ${ready.hosts.join(", ")}, data in ${nearby(ready.dataDirectory)}${origin}

  XMPP       ${xmpp}
  Commands   ${tercetctl} register alice ${host}      ${tercetctl} help

`;
}

/** A path below the working directory from there, any other one in full. */
function nearby(path: string): string {
  const short = relative(process.cwd(), path);
  if (short === "" || short.startsWith("..")) return path;
  return short.includes("/") ? short : `./${short}`;
}
