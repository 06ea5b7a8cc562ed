import { createInterface } from "node:readline";

/** What `program-driver.ts` asks of a library's program; `register` and `login` return what was seen. */
export interface Commands {
  register?(): Promise<string>;
  login(): Promise<string>;
  say(command: { readonly to: string; readonly body: string }): Promise<void>;
  add(command: { readonly jid: string }): Promise<void>;
  approve(command: { readonly jid: string }): Promise<void>;
  presence(command: { readonly show: "away" | "dnd" | "xa"; readonly status: string }): Promise<void>;
  password(command: { readonly password: string }): Promise<void>;
  quit(): Promise<void>;
}

export interface Settings {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly resource: string;
  /** Where the library connects to. */
  readonly service: string;
}

export function settings(): Settings {
  const {
    USERNAME_UNDER_TEST: user,
    DOMAIN: domain,
    PASSWORD: password,
    SERVICE: service,
    RESOURCE: resource,
  } = process.env;
  if (!user || !domain || !password || !service || !resource)
    throw new Error("settings are missing in the environment");
  return { user, domain, password, service, resource };
}

export function report(values: Readonly<Record<string, string>>): void {
  process.stdout.write(`${JSON.stringify(values)}\n`);
}

export async function serve(commands: Commands): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...values } = JSON.parse(line) as { do: keyof Commands };
    try {
      const run = commands[name] as ((values: unknown) => Promise<string | undefined>) | undefined;
      if (run === undefined) throw new Error(`no command ${name}`);
      report({ done: name, seen: (await run.call(commands, values)) ?? "" });
    } catch (error) {
      report({ failed: name, why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}
