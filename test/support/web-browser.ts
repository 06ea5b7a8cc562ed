import { exchange, request } from "./http.ts";
import type { TestServer } from "./server.ts";

export interface WebAnswer {
  readonly status: number;
  /** By name in lower case; of several the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** The text as JSON. */
  readonly body: unknown;
}

/** What a browser does for the web admin: keeps the cookie, and sends what the pages send. */
export class WebBrowser {
  cookie = "";
  csrf = "";
  readonly #server: Pick<TestServer, "httpPort">;

  constructor(server: Pick<TestServer, "httpPort">) {
    this.#server = server;
  }

  /** `head` is "POST /admin/api/login", more fields below it. */
  async ask(head: string, body?: unknown): Promise<WebAnswer> {
    const [line = "", ...more] = head.split("\n");
    const fields = [
      ...more,
      ...(this.cookie === "" ? [] : [`Cookie: ${this.cookie}`]),
      ...(this.csrf === "" ? [] : [`X-CSRF-Token: ${this.csrf}`]),
      ...(body === undefined ? [] : ["Content-Type: application/json"]),
    ];
    const text = body === undefined ? "" : JSON.stringify(body);
    const came = await exchange(this.#server.httpPort, request([line, ...fields].join("\n"), text));
    const end = came.indexOf("\r\n\r\n");
    const headers = new Map(
      came
        .slice(0, end)
        .split("\r\n")
        .slice(1)
        .map((field) => {
          const colon = field.indexOf(":");
          return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
        }),
    );
    const rest = came.slice(end + 4);
    return { status: Number(came.slice(9, 12)), headers, text: rest, body: parsed(rest) };
  }

  /** Takes the cookie and the token of an answer that lets somebody in. */
  enter(answer: WebAnswer): void {
    this.cookie = (answer.headers.get("set-cookie") ?? "").split(";", 1)[0]!;
    this.csrf = (answer.body as { readonly csrf?: string }).csrf ?? "";
  }

  /** Logs in; the answer's status. */
  async login(user: string, password = "secret"): Promise<number> {
    const answer = await this.ask("POST /admin/api/login", { user, password });
    if (answer.status === 200) this.enter(answer);
    return answer.status;
  }

  /** A command; the answer. */
  command(name: string, args: object = {}): Promise<WebAnswer> {
    return this.ask(`POST /api/${name}`, args);
  }

  /** Whether the session lives. */
  async isIn(): Promise<boolean> {
    return (await this.ask("GET /admin/api/session")).status === 200;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
