import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createLog, type LogThreshold } from "../../src/base/log.ts";
import { systemWorld, type World } from "../../src/base/world.ts";
import { readConfiguration } from "../../src/server/configuration.ts";
import { extensions } from "../../src/server/extensions.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { callControl, type Printed } from "./control.ts";

export type Driver = "memory" | "sqlite";

/** The drivers that stories run on. */
export function drivers(): readonly Driver[] {
  return (process.env["STORIES_DRIVERS"] ?? "memory,sqlite").split(",") as Driver[];
}

export interface TestServerOptions {
  readonly driver?: Driver;
  readonly hosts?: readonly string[];
  /** More of the configuration file, YAML. */
  readonly configuration?: string;
  /** What stands behind `client_tls`. */
  readonly tls?: string;
  /** An earlier server's, to start on its data again. */
  readonly directory?: string;
  readonly world?: World;
  /** Accounts with the password `secret`. */
  readonly accounts?: readonly string[];
}

/** A server of its own for one test: loopback, free ports, its own directory, everything it logs kept. */
export class TestServer {
  readonly running: RunningServer;
  readonly directory: string;
  /** STARTTLS. */
  readonly port: number;
  /** Direct TLS. */
  readonly tlsPort: number;
  /** HTTP in the clear. */
  readonly httpPort: number;
  /** HTTP inside TLS. */
  readonly httpsPort: number;
  readonly host: string;
  /** Log lines, JSON. */
  readonly lines: string[];

  readonly #options: TestServerOptions;

  private constructor(
    running: RunningServer,
    directory: string,
    lines: string[],
    options: TestServerOptions,
  ) {
    this.#options = options;
    this.running = running;
    this.directory = directory;
    this.lines = lines;
    this.host = running.hosts[0]!;
    const port = (service: string): number => running.listeners.find((one) => one.service === service)!.port;
    this.port = port("client");
    this.tlsPort = port("client-tls");
    this.httpPort = port("http");
    this.httpsPort = port("https");
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const directory = options.directory ?? mkdtempSync(join(tmpdir(), "tercet-test-"));
    const file = join(directory, "tercet.yml");
    const hosts = options.hosts ?? ["h.test"];
    writeFileSync(file, configuration(hosts, options));
    const world = options.world ?? systemWorld();
    const lines: string[] = [];
    const logThreshold: LogThreshold = { level: "info" };
    const log = createLog({
      level: logThreshold,
      format: "json",
      now: () => world.now(),
      write: (line) => lines.push(line),
    });
    const read = await readConfiguration({ file, extensions });
    const server = new TestServer(
      await startServer({ configuration: read, world, log, logThreshold }),
      directory,
      lines,
      options,
    );
    for (const account of options.accounts ?? []) await server.register(account);
    return server;
  }

  /** Writes another configuration: with these hosts, and this behind what every test server has. */
  configure(changed: TestServerOptions): void {
    const options = { ...this.#options, ...changed };
    writeFileSync(this.file, configuration(options.hosts ?? [this.host], options));
  }

  get driverName(): Driver {
    return this.#options.driver ?? "memory";
  }

  get file(): string {
    return join(this.directory, "tercet.yml");
  }

  /** By the command, as an administrator would. */
  async register(user: string, password = "secret", host: string = this.host): Promise<void> {
    const { exit, out } = await this.command("register", user, host, password);
    if (exit !== 0) throw new Error(out);
  }

  /** What `tercetctl` would print and exit with. */
  command(...words: string[]): Promise<Printed> {
    return callControl(this.directory, words);
  }

  /** Log lines of level error: nothing in a test should make one unless it says so. */
  get errors(): readonly string[] {
    return this.lines.filter((line) => line.includes('"level":"error"'));
  }

  async stop(keep = false): Promise<void> {
    await this.running.stop();
    if (!keep) rmSync(this.directory, { recursive: true, force: true });
  }
}

function configuration(hosts: readonly string[], options: TestServerOptions): string {
  return `hosts: [${hosts.join(", ")}]
data: .
storage: ${options.driver ?? "memory"}
listen:
  addresses: [127.0.0.1]
  client: 0
  client_tls: ${options.tls ?? 0}
  http: 0
  https: 0
${options.configuration ?? ""}
`;
}

/**
 * A story on every driver: gets a running server and ends it. A line of level error in the log fails it, unless `errors` is true.
 */
export function story(
  name: string,
  options: TestServerOptions & { readonly errors?: boolean },
  play: (server: TestServer, t: TestContext) => Promise<void>,
): void {
  for (const driver of drivers()) {
    test(`${name} (${driver})`, async (t) => {
      const server = await TestServer.start({ ...options, driver });
      try {
        await play(server, t);
        if (options.errors !== true && server.errors.length > 0) {
          throw new Error(`the server logged errors:\n${server.errors.join("")}`);
        }
      } finally {
        await server.stop();
      }
    });
  }
}
