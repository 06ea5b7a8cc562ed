import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { connect as connectTls } from "node:tls";
import { until } from "./poll.ts";
import type { Account, Endpoint } from "./reference-peer.ts";
import { type Started, Workspace } from "./workspace.ts";

/** A server with one host, `localhost`, on loopback, open for registration from there. */
export interface ServerUnderTest extends Endpoint, AsyncDisposable {
  readonly name: string;
  /** Direct TLS. */
  readonly tlsPort: number;
  /** The certificate's file, for clients that take one. */
  readonly certificateFile: string;
  /** Creates an account as an administrator does. */
  register(account: Account): Promise<void>;
  log(): string;
}

export type ServerName = "tercet" | "prosody";

export function startServer(name: ServerName): Promise<ServerUnderTest> {
  return name === "prosody" ? startProsody() : startTercet();
}

/**
 * Ports that nobody listens on, below the range that the kernel gives to outgoing connections, so that no client of another
 * test takes one between this look and the server's start.
 */
async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!found.includes(port) && (await isFree(port))) found.push(port);
  }
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function ready(what: string, started: Started, tlsPort: number): Promise<void> {
  await until(
    `${what} on port ${tlsPort}`,
    async () => {
      if (started.child.exitCode !== null) throw new Error(`${what} ended:\n${started.output()}`);
      return answersTls(tlsPort);
    },
    30_000,
  );
}

function answersTls(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    // Only asks whether somebody answers; every later connection verifies the certificate.
    const socket = connectTls({
      host: "127.0.0.1",
      port,
      servername: "localhost",
      rejectUnauthorized: false,
    });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once("secureConnect", () => answer(true));
    socket.once("error", () => answer(false));
    socket.setTimeout(2000, () => answer(false));
  });
}

async function startProsody(): Promise<ServerUnderTest> {
  const workspace = new Workspace("prosody");
  const [port, tlsPort] = (await freePorts(2)) as [number, number];
  const certificateFile = workspace.path("cert.pem");
  const keyFile = workspace.path("key.pem");
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
  const files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", certificateFile];
  await workspace.run("openssl", request.split(" ").concat(files));
  const config = workspace.write("prosody.cfg.lua", prosodyConfiguration(workspace.directory, port, tlsPort));
  const started = workspace.spawn("prosody", ["--config", config, "-F"]);
  await ready("Prosody", started, tlsPort);
  return {
    name: "prosody",
    domain: "localhost",
    port,
    tlsPort,
    certificateFile,
    certificate: readFileSync(certificateFile, "utf8"),
    async register(account) {
      await workspace.run("prosodyctl", [
        "--config",
        config,
        "register",
        account.user,
        account.domain,
        account.password,
      ]);
    },
    log: started.output,
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  };
}

function prosodyConfiguration(directory: string, port: number, tlsPort: number): string {
  return `
run_as_root = true
daemonize = false
pidfile = "${directory}/prosody.pid"
data_path = "${directory}/data"
certificates = "${directory}"
log = { info = "*console" }
modules_enabled = {
  "disco"; "roster"; "saslauth"; "tls"; "blocklist"; "private"; "vcard_legacy"; "pep"; "ping"; "register"; "time"; "version"; "posix";
}
modules_disabled = { "s2s" }
interfaces = { "127.0.0.1", "::1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = { ${tlsPort} }
c2s_require_encryption = true
ssl = { certificate = "${directory}/cert.pem"; key = "${directory}/key.pem" }
c2s_direct_tls_ssl = { certificate = "${directory}/cert.pem"; key = "${directory}/key.pem" }
authentication = "internal_hashed"
allow_registration = true
registration_throttle_max = nil
VirtualHost "localhost"
`;
}

async function startTercet(): Promise<ServerUnderTest> {
  throw new Error("Tercet does not start yet");
}
