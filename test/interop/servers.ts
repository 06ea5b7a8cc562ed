import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { until } from "./poll.ts";
import { type Account, type Endpoint, LoginRefused, ReferencePeer } from "./reference-peer.ts";
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
  /**
   * Whether the password of this account is that one. Asked of Tercet by command and not by a login: who logs in with a wrong password a few times is
   * slowed down, and so is everybody from that address.
   */
  accepts(account: Account): Promise<boolean>;
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

/** Waits until the server says so. @throws Error with its output when it ends or says nothing */
async function ready(what: string, started: Started, line: RegExp): Promise<RegExpExecArray> {
  let match: RegExpExecArray | null = null;
  const said = (): boolean => {
    match = line.exec(started.output());
    if (match === null && started.child.exitCode !== null) throw new Error("it ended");
    return match !== null;
  };
  try {
    await until(`${line}`, said, 30_000);
  } catch (error) {
    throw new Error(`${what} does not start: ${error}\n${started.output()}`);
  }
  return match as unknown as RegExpExecArray;
}

async function startProsody(): Promise<ServerUnderTest> {
  const workspace = new Workspace("prosody");
  const [port, tlsPort] = (await freePorts(2)) as [number, number];
  const certificateFile = workspace.path("cert.pem");
  const keyFile = workspace.path("key.pem");
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
  const files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", certificateFile];
  await workspace.run("openssl", request.split(" ").concat(files));
  const certificate = readFileSync(certificateFile, "utf8");
  const config = workspace.write("prosody.cfg.lua", prosodyConfiguration(workspace.directory, port, tlsPort));
  const started = workspace.spawn("prosody", ["--config", config, "-F"]);
  await ready("Prosody", started, /Activated service 'c2s_direct_tls' on .*127\.0\.0\.1/);
  return {
    name: "prosody",
    domain: "localhost",
    port,
    tlsPort,
    certificateFile,
    certificate,
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
    async accepts(account) {
      try {
        await (await ReferencePeer.login({ domain: "localhost", port, certificate }, account)).close();
        return true;
      } catch (error) {
        if (error instanceof LoginRefused) return false;
        throw error;
      }
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

const bin = join(import.meta.dirname, "../../bin");

async function startTercet(): Promise<ServerUnderTest> {
  const workspace = new Workspace("tercet");
  const data = workspace.path("data");
  const configuration = [
    "hosts: [localhost]",
    "listen: { addresses: [loopback], client: 0, client_tls: 0, http: false }",
  ];
  const file = workspace.write("tercet.yml", `${configuration.join("\n")}\n`);
  const started = workspace.spawn(join(bin, "tercet"), ["start", "--config", file, "--data", data]);
  const [, port, tlsPort] = await ready(
    "Tercet",
    started,
    /localhost:(\d+) \(STARTTLS\), localhost:(\d+) \(TLS\)/,
  );
  const certificateFile = join(data, "self-signed.crt");
  return {
    name: "tercet",
    domain: "localhost",
    port: Number(port),
    tlsPort: Number(tlsPort),
    certificateFile,
    certificate: readFileSync(certificateFile, "utf8"),
    async register({ user, domain, password }) {
      const args = ["--data", data, "register", user, domain, "-"];
      await workspace.run(join(bin, "tercetctl"), args, { input: `${password}\n` });
    },
    async accepts({ user, domain, password }) {
      const args = ["--data", data, "check_password", user, domain, "-"];
      const asked = workspace.spawn(join(bin, "tercetctl"), args);
      asked.child.stdin?.end(`${password}\n`);
      const code = await asked.exited;
      if (code === 0 || code === 1) return code === 0;
      throw new Error(`check_password ended with ${code}:\n${asked.output()}`);
    },
    log: started.output,
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  };
}
