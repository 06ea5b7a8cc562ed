import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { RawStream } from "../support/raw-stream.ts";
import { chat, occupy, portOf, reload } from "../support/reloading.ts";
import { authenticate, child, condition, Romeo } from "../support/romeo.ts";
import { story } from "../support/server.ts";

story(
  "a reload takes everything that is new, and every session lives on",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await Romeo.login(server, "juliet");
    server.configure({
      configuration:
        "admins: [romeo@h.test]\nlimits: {client: {resources: 1}}\nextensions: {register: {access: none}}\n",
    });
    assert.equal(await reload(server), "");
    await chat(romeo, juliet, "still here");
    // At once: registration. For new sessions: how many there may be.
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    await stream.open();
    assert.equal(child(await stream.next(), "register", "http://jabber.org/features/iq-register"), undefined);
    await authenticate(stream, "romeo", "secret");
    await stream.open();
    await stream.next();
    stream.write("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    assert.equal(condition(await stream.next()), "resource-constraint");
    stream.destroy();
    await chat(juliet, romeo, "and here");
    assert.match(
      server.lines.join(""),
      /configuration taken.*admins, limits\.client\.resources, extensions\.register\.access/,
    );
  },
);

story(
  "a wrong configuration changes nothing and says where it is wrong",
  { accounts: ["romeo"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    server.configure({
      configuration:
        "admins: [romeo@h.test]\nlimits: {client: {resources: 1}}\nacces_rules: {}\nlog: {level: loud}\n",
    });
    const said = await reload(server);
    assert.match(said, /^Error: error\nError: "tercet\.yml:/);
    assert.deepEqual(
      said
        .replaceAll(/yml:\d+/g, "yml:N")
        .split("\n")
        .slice(2, -1),
      [
        "tercet.yml:N:1: There is no option `acces_rules`. Did you mean `access_rules`?",
        'tercet.yml:N:14: `level` must be `debug`, `info`, `warn` or `error`, not "loud".',
      ],
    );
    await (await Romeo.login(server, "romeo")).close();
    await romeo.sync();
  },
);

story(
  "what takes effect at a restart only is refused with its list, and with it everything else",
  { accounts: ["romeo"] },
  async (server, t) => {
    const other = server.driverName === "memory" ? "sqlite" : "memory";
    server.configure({
      driver: other,
      configuration: "limits: {client: {resources: 1}}\nextensions: {ping: false}\nlog: {format: text}\n",
    });
    const said = await reload(server);
    for (const option of ["storage", "log.format", "extensions.ping.enabled"])
      assert.match(
        said,
        new RegExp(
          `tercet\\.yml:\\d+:\\d+: \`${option.replaceAll(".", "\\.")}\` changes only when the server starts`,
        ),
      );
    assert.equal(said.match(/^tercet\.yml.*changes only/gm)?.length, 3);
    await Romeo.login(server, "romeo");
    await (await Romeo.login(server, "romeo")).close();
    t.diagnostic("two sessions: the limit of one was not taken");
  },
);

story(
  "a port that is taken refuses the whole reload, and what was opened closes again",
  { accounts: ["romeo"] },
  async (server) => {
    const busy = await occupy("127.0.0.1", 0);
    const free = await occupy("127.0.0.1", 0);
    const freed = portOf(free);
    free.close();
    try {
      const romeo = await Romeo.login(server, "romeo");
      writeFileSync(
        server.file,
        readFileSync(server.file, "utf8")
          .replace("client: 0", `client: ${freed}`)
          .replace("client_tls: 0", `client_tls: ${portOf(busy)}`),
      );
      assert.match(
        await reload(server),
        new RegExp(`tercet\\.yml:\\d+:15: Port ${portOf(busy)} on 127\\.0\\.0\\.1 is in use`),
      );
      (await occupy("127.0.0.1", freed)).close();
      await (await Romeo.login(server, "romeo")).close();
      await romeo.sync();
    } finally {
      busy.close();
    }
  },
);

story(
  "ports open and close while sessions go on, and one that stays is never closed",
  { accounts: ["romeo"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const before = server.running.listeners;
    const original = readFileSync(server.file, "utf8");
    // The port by its number instead of "any", and the two services change places.
    writeFileSync(
      server.file,
      original
        .replace("client: 0", `client: ${server.tlsPort}`)
        .replace("client_tls: 0", `client_tls: ${server.port}`),
    );
    assert.equal(await reload(server), "");
    assert.deepEqual(
      server.running.listeners.map(({ port }) => port).sort(),
      before.map(({ port }) => port).sort(),
    );
    await (await Romeo.login({ host: server.host, tlsPort: server.port }, "romeo")).close();
    writeFileSync(
      server.file,
      original.replace("client_tls: 0", "client_tls: false").replace("client: 0", `client: ${server.port}`),
    );
    assert.equal(await reload(server), "");
    await assert.rejects(RawStream.connectTls(server.tlsPort, server.host), /ECONNREFUSED/);
    writeFileSync(
      server.file,
      original
        .replace("client: 0", `client: ${server.port}`)
        .replace("client_tls: 0", `client_tls: ${server.tlsPort}`),
    );
    assert.equal(await reload(server), "");
    await (await Romeo.login(server, "romeo")).close();
    await romeo.sync();
  },
);

/** A server whose direct TLS port is a fixed one on this address. */
function onPort(port: number, address: string): string {
  return `{port: ${port}, addresses: [${address}]}`;
}

story(
  "from 127.0.0.1 to all addresses and back on the same port",
  { accounts: ["romeo"] },
  async (server) => {
    const port = server.tlsPort;
    const romeo = await Romeo.login(server, "romeo");
    for (const address of ["127.0.0.1", "0.0.0.0", "127.0.0.1", "0.0.0.0"]) {
      server.configure({ tls: onPort(port, address) });
      assert.equal(await reload(server), "");
      assert.deepEqual(
        server.running.listeners
          .filter((one) => one.service === "client-tls")
          .map((one) => [one.address, one.port]),
        [[address, port]],
      );
      await (await Romeo.login(server, "romeo")).close();
    }
    await romeo.sync();
  },
);

story("where all addresses cannot be had the old one comes back", { accounts: ["romeo"] }, async (server) => {
  const port = server.tlsPort;
  const other = await occupy("127.0.0.2", port);
  try {
    const romeo = await Romeo.login(server, "romeo");
    server.configure({ tls: onPort(port, "0.0.0.0"), configuration: "limits: {client: {resources: 1}}\n" });
    assert.match(
      await reload(server),
      new RegExp(`tercet\\.yml:\\d+:22: Port ${port} on 0\\.0\\.0\\.0 is in use`),
    );
    await (await Romeo.login(server, "romeo")).close();
    await romeo.sync();
  } finally {
    other.close();
  }
});
