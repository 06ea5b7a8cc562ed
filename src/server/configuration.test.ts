import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ConfigurationError } from "../kernel/configuration-control.ts";
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { choice, options } from "../kernel/options.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { explainOption } from "./configuration-explain.ts";

const register: AnyExtension = extension({
  name: "register",
  doc: "Registration by clients.",
  xeps: {},
  features: [],
  config: options({ access: choice(["none", "loopback", "all"], { default: "loopback", doc: "Who may." }) }),
  setup() {},
});
const ping: AnyExtension = extension({ name: "ping", doc: "Ping.", xeps: {}, features: [], setup() {} });

let folder = "";
let file = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "tercet-configuration-"));
  file = join(folder, "tercet.yml");
});
after(() => rmSync(folder, { recursive: true }));

function read(text: string): Promise<Configuration> {
  writeFileSync(file, text);
  return readConfiguration({ file, extensions: [register, ping] });
}

test("without a file: localhost, loopback only, everything switched on", async () => {
  const configuration = await readConfiguration({ extensions: [register, ping] });
  assert.deepEqual(configuration.hosts, ["localhost"]);
  assert.equal(configuration.data, join(process.cwd(), "data"));
  const loopback = [
    { address: "127.0.0.1", optional: false },
    { address: "::1", optional: true },
  ];
  const open = { access: "all", shaper: undefined };
  assert.deepEqual(configuration.listeners, [
    { service: "client", port: 5222, addresses: loopback, ...open },
    { service: "client-tls", port: 5223, addresses: loopback, ...open },
    { service: "http", port: 5280, addresses: loopback, ...open },
  ]);
  assert.deepEqual(
    [...configuration.extensions],
    [
      ["register", { access: "loopback" }],
      ["ping", {}],
    ],
  );
  assert.deepEqual(configuration.warnings, []);
});

test("an empty file is a configuration: all interfaces", async () => {
  for (const text of ["", "# nothing yet\n", "---\n", "\ufeff\r\n"]) {
    const { listeners, hosts } = await read(text);
    assert.deepEqual(hosts, ["localhost"]);
    assert.deepEqual(listeners[0]?.addresses, [
      { address: "0.0.0.0", optional: false },
      { address: "::", optional: true },
    ]);
  }
});

test("everything can be set", async () => {
  writeFileSync(join(folder, "host.pem"), "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
  const configuration = await read(`\ufeffhosts:
  - Example.ORG
  - münchen.example
admins: [Admin@example.org]
certificates: host.pem
data: store
listen:
  addresses: [loopback]
  client: 0
  client_tls: { port: 443, addresses: [192.0.2.1, "2001:db8::1"] }
log: { level: warn, format: json }
limits:
  before_login: { login_timeout: 1 minute }
  client: { bytes: 1 MiB, resources: 3 }
extensions:
  register: { access: all }
  ping: false
`);
  assert.deepEqual(configuration.hosts, ["example.org", "münchen.example"]);
  assert.deepEqual(configuration.access.admins.map(String), ["admin@example.org"]);
  assert.deepEqual(configuration.certificates, [join(folder, "host.pem")]);
  assert.equal(configuration.data, join(folder, "store"));
  assert.deepEqual(configuration.listeners[1], {
    service: "client-tls",
    port: 443,
    addresses: [
      { address: "192.0.2.1", optional: false },
      { address: "2001:db8::1", optional: false },
    ],
    access: "all",
    shaper: undefined,
  });
  assert.deepEqual(configuration.log, { level: "warn", format: "json" });
  assert.equal(configuration.limits.before_login.login_timeout, 60_000);
  assert.equal(configuration.limits.before_login.tls_timeout, 15_000);
  assert.equal(configuration.limits.client.bytes, 1_048_576);
  assert.equal(configuration.limits.client.resources, 3);
  assert.deepEqual([...configuration.extensions], [["register", { access: "all" }]]);
  assert.deepEqual(configuration.warnings, []);
});

test("--data stands above the file, and above its absence", async () => {
  writeFileSync(file, "data: store\n");
  const { data, origin } = await readConfiguration({ file, data: "elsewhere", extensions: [] });
  assert.equal(data, join(process.cwd(), "elsewhere"));
  assert.equal(origin.setAt(["data"]), "--data");
  assert.equal((await readConfiguration({ data: "/x", extensions: [] })).data, "/x");
});

test("what works but should not stay is warned of, with its place", async () => {
  const { warnings } = await read("hosts: [example.org]\nallow_unencrypted_loopback: true\n");
  assert.equal(warnings.length, 2);
  assert.match(warnings[0]!, /tercet\.yml:2:1: Clients on loopback addresses may log in without TLS\./);
  assert.match(
    warnings[1]!,
    /tercet\.yml:1:1: Clients will not trust the self-signed certificate of example\.org\./,
  );
});

test("a file that is not there, is a directory, or is closed to this user", async () => {
  const problem = (path: string) =>
    readConfiguration({ file: path, extensions: [] }).then(
      () => "none",
      (error: ConfigurationError) => error.message.replace(folder, ""),
    );
  assert.equal(await problem(join(folder, "missing.yml")), "/missing.yml: There is no such file.");
  mkdirSync(join(folder, "directory.yml"), { recursive: true });
  assert.equal(
    await problem(join(folder, "directory.yml")),
    "/directory.yml: This is a directory, not a configuration file.",
  );
  assert.equal(await problem("/dev/null"), "/dev/null: This is not a file.");
  writeFileSync(file, Buffer.alloc(1024 * 1024 + 1, "#"));
  assert.equal(
    await problem(file),
    "/tercet.yml: The file has 1048577 bytes; a configuration has at most 1048576.",
  );
});

test("a file without the right to read it", {
  skip: process.getuid?.() === 0 && "root reads everything",
}, async () => {
  writeFileSync(file, "");
  chmodSync(file, 0);
  await assert.rejects(readConfiguration({ file, extensions: [] }), ConfigurationError);
  chmodSync(file, 0o600);
});

test("an option is explained with its origin", async () => {
  const configuration = await read(
    "limits:\n  client:\n    bytes: 1 MiB\nextensions:\n  register:\n    access: all\n",
  );
  const explain = (path: string): string => {
    const answer = explainOption(configuration, path);
    return ("text" in answer ? answer.text : answer.unknown).replaceAll(folder, "");
  };
  assert.equal(
    explain("limits.client.bytes"),
    `limits.client.bytes
  Size of one top-level element: a stanza, or the head of a stream.
  Value    1 MiB
  From     /tercet.yml:3:12
  Default  256 KiB
  Must be  a size such as "256 KiB" or a number of bytes from 1 KiB to 64 MiB
  Changes  take effect for new sessions`,
  );
  assert.match(explain("limits.client.depth"), /Value {4}64\n {2}From {5}the default/);
  assert.match(explain("extensions.register.access"), /Value {4}all\n {2}From {5}\/tercet\.yml:6:13/);
  assert.match(explain("limits.client"), /Options inside: bytes, .*\n {2}Set in \/tercet\.yml:3:5/);
  assert.equal(
    explain("limits.clinet.bytes"),
    "There is no option `limits.clinet.bytes`. Did you mean `limits.client`?",
  );
  assert.equal(explain("__proto__"), "There is no option `__proto__`.");
});

test("an extension cannot have an option called enabled", async () => {
  const wrong = { ...ping, config: register.config && { enabled: register.config["access"] } };
  await assert.rejects(readConfiguration({ extensions: [wrong] }), /the option enabled of ping/);
});

test("HTTP stays on loopback unless its own addresses say more, and then there is a warning; HTTPS is off until it has a port", async () => {
  const reach = (configuration: Awaited<ReturnType<typeof read>>) =>
    configuration.listeners.map(({ service, port, addresses }) =>
      [service, port, addresses[0]!.address].join(" "),
    );
  const plain = await read("listen: {addresses: [all]}\n");
  assert.deepEqual(reach(plain).slice(2), ["http 5280 127.0.0.1"]);
  assert.deepEqual(plain.warnings, []);
  const both = await read("listen:\n  http: {addresses: [192.0.2.1]}\n  https: 5443\n");
  assert.deepEqual(reach(both).slice(2), ["http 5280 192.0.2.1", "https 5443 127.0.0.1"]);
  assert.match(both.warnings.join(), /tercet\.yml:2:3: HTTP in the clear is reachable for others/);
  const clash = read("listen: {http: 5222}\n");
  await assert.rejects(clash, /tercet\.yml:1:16: Port 5222 is used twice: by `client` and by `http`/);
});
