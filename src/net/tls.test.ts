import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { issue } from "../../test/support/certificates.ts";
import { listening, receive, temporaryDirectory, upgrade } from "../../test/support/listening.ts";
import type { Connection } from "../kernel/connection.ts";
import { endPointHash } from "./certificate.ts";

const LIMIT = { timeout: 10_000 };
const STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/** Answers STARTTLS as a stream would, for the host `example.org`; echoes everything else. */
function answer(connection: Connection, chunk: Buffer): void {
  if (connection.tls === undefined && chunk.toString().startsWith(STARTTLS)) {
    connection.write("<proceed/>");
    connection.startTls("example.org");
  } else connection.write(Buffer.from(chunk));
}

/** Two hosts with certificates of their own, in one file. */
function twoHosts(t: TestContext): string {
  const path = join(temporaryDirectory(t), "both.pem");
  const one = issue({ name: "one", hosts: ["one.example"] });
  const two = issue({ name: "two", hosts: ["two.example", "*.two.example"], algorithm: "ecdsa-with-SHA384" });
  writeFileSync(path, one.certificate + one.key + two.certificate + two.key);
  return path;
}

test("STARTTLS: what was queued leaves in the clear, what follows is TLS", LIMIT, async (t) => {
  const place = await listening(t, { onBytes: answer });
  const client = await place.plain();
  client.write(STARTTLS);
  assert.equal(await receive(client, "<proceed/>"), "<proceed/>");
  const secure = await upgrade(client);
  secure.write("hello");
  assert.equal(await receive(secure, "hello"), "hello");
  const { connection, recorder } = await place.accepted();
  assert.deepEqual(
    recorder.events.filter((event) => event !== "drained"),
    ["bytes", "secured", "bytes"],
  );
  assert.equal(connection.tls?.protocol, "TLSv1.3");
  assert.match(connection.tls?.cipher ?? "", /^TLS_/);
  assert.throws(() => connection.startTls("example.org"), /TLS already/);
  const ended = receive(secure, "");
  connection.end();
  assert.equal(await ended, "");
  await recorder.has("closed");
  assert.equal(recorder.error, undefined);
});

test("a command behind <starttls/> in the clear is never processed", LIMIT, async (t) => {
  for (const split of [false, true]) {
    const place = await listening(t, { onBytes: answer });
    const client = await place.plain();
    const injected = "<auth mechanism='PLAIN'>AGEAYg==</auth>";
    client.write(split ? STARTTLS : STARTTLS + injected);
    if (split) client.write(injected);
    const { connection, recorder } = await place.accepted();
    await receive(client, "<proceed/>");
    client.write(injected);
    await recorder.has("closed");
    assert.equal(recorder.chunks, 1, "only the chunk that held <starttls/>, whose rest the stream discards");
    assert.ok(!recorder.events.includes("secured"));
    assert.ok(recorder.error instanceof Error);
    assert.equal(connection.tls, undefined);
  }
});

test("a handshake has 15 s", LIMIT, async (t) => {
  const place = await listening(t, { onBytes: answer });
  const client = await place.plain();
  client.write(STARTTLS);
  await receive(client, "<proceed/>");
  client.write(Buffer.from("160301020001", "hex")); // the first bytes of a ClientHello
  const { connection, recorder } = await place.accepted();
  place.world.pass(14_800);
  assert.equal(connection.closed, false);
  place.world.pass(300);
  await recorder.has("closed");
  assert.match(recorder.error?.message ?? "", /not finished in time/);

  const direct = await listening(t, { tls: "direct" });
  const silent = await direct.plain();
  const end = receive(silent, "");
  while (direct.admission.open === 0) await new Promise((resolve) => setImmediate(resolve));
  direct.world.pass(15_100);
  assert.equal(await end, "");
  assert.equal(direct.count, 0, "nobody hears of a connection without a handshake");
  assert.equal(direct.admission.open, 0);
});

test("a finished handshake has no deadline", LIMIT, async (t) => {
  const place = await listening(t, { tls: "direct", onBytes: answer });
  const client = await place.tls();
  const { connection } = await place.accepted();
  place.world.pass(100_000);
  client.write("still here");
  assert.equal(await receive(client, "here"), "still here");
  assert.equal(connection.closed, false);
});

test("TLS 1.1 and weak ciphers are refused", LIMIT, async (t) => {
  const place = await listening(t, { tls: "direct" });
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  await assert.rejects(place.tls(old), /alert|version/i);
  for (const ciphers of ["AES128-SHA@SECLEVEL=0", "ECDHE-ECDSA-AES128-SHA", "NULL@SECLEVEL=0"]) {
    await assert.rejects(place.tls({ maxVersion: "TLSv1.2", ciphers }), /alert|handshake/i, ciphers);
  }
  const client = await place.tls({ maxVersion: "TLSv1.2" });
  assert.match(client.getCipher().name, /^ECDHE-ECDSA-.*(GCM|CHACHA20)/);
  assert.equal(place.count, 1);
});

test("plain text, garbage and a reset on a TLS port end quietly", LIMIT, async (t) => {
  const place = await listening(t, { tls: "direct" });
  for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\xff\xff".repeat(1000), ""]) {
    const client = await place.plain();
    if (bytes === "") client.resetAndDestroy();
    else {
      client.write(bytes, "latin1");
      await receive(client, "");
    }
    while (place.admission.open > 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(place.count, 0);
});

test("ALPN: xmpp-client or none, everything else gets the alert", LIMIT, async (t) => {
  const place = await listening(t, { tls: "direct" });
  const named = await place.tls({ ALPNProtocols: ["xmpp-server", "xmpp-client"] });
  assert.equal(named.alpnProtocol, "xmpp-client");
  const silent = await place.tls();
  assert.equal(silent.alpnProtocol, false);
  await assert.rejects(place.tls({ ALPNProtocols: ["http/1.1"] }), { code: /NO_APPLICATION_PROTOCOL/ });
});

test("renegotiation closes the connection", LIMIT, async (t) => {
  const place = await listening(t, { tls: "direct" });
  const client = await place.tls({ maxVersion: "TLSv1.2" });
  const { recorder } = await place.accepted();
  client.renegotiate({}, () => {});
  await recorder.has("closed");
  assert.equal((recorder.error as NodeJS.ErrnoException).code, "ERR_TLS_RENEGOTIATION_DISABLED");
});

test("damaged records after the handshake close the connection", LIMIT, async (t) => {
  const place = await listening(t, { onBytes: answer });
  const client = await place.plain();
  client.write(STARTTLS);
  await receive(client, "<proceed/>");
  await upgrade(client);
  const { recorder } = await place.accepted();
  await recorder.has("secured");
  client.write(Buffer.from(`1703030020${"00".repeat(32)}`, "hex"));
  await recorder.has("closed");
  assert.ok(recorder.error instanceof Error);
});

test("a FIN without close_notify drops what was cut off", LIMIT, async (t) => {
  const place = await listening(t, { onBytes: answer });
  const client = await place.plain();
  client.write(STARTTLS);
  await receive(client, "<proceed/>");
  const secure = await upgrade(client);
  secure.write("<message><body>whole</body></message>");
  const { recorder } = await place.accepted();
  await recorder.until(({ received }) => received.includes("whole"));
  const before = recorder.received;
  client.write(Buffer.from(`17030300ff${"00".repeat(20)}`, "hex")); // the beginning of a record
  client.end();
  await recorder.has("closed");
  assert.equal(recorder.received, before);
});

/** Resumes with the tickets of an earlier connection. */
async function sessionOf(socket: TLSSocket): Promise<Buffer> {
  if (socket.getProtocol() !== "TLSv1.3") return socket.getSession()!;
  const [session] = (await once(socket, "session")) as [Buffer];
  return session;
}

test("sessions are resumed with TLS 1.2 and 1.3, whatever host is named", LIMIT, async (t) => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    for (const servername of ["one.example", "two.example"]) {
      const options = { maxVersion, servername };
      const place = { hosts: ["one.example", "two.example"], files: [twoHosts(t)] };
      const direct = await listening(t, { ...place, tls: "direct" });
      const first = await direct.tls(options);
      const firstPeer = (await direct.accepted()).connection;
      const session = await sessionOf(first);
      const again = await direct.tls({ ...options, session });
      assert.equal(again.isSessionReused(), true, `${maxVersion} ${servername}`);
      const { connection } = await direct.accepted();
      const expected = endPointHash(first.getPeerX509Certificate()!);
      assert.deepEqual(firstPeer.tls?.endPoint(), expected);
      // No certificate is sent again, and with TLS 1.2 no name is known: better no binding than a wrong one.
      assert.deepEqual(connection.tls?.endPoint(), maxVersion === "TLSv1.3" ? expected : undefined);

      const starttls = await listening(t, { ...place, onBytes: answer });
      const secure = async (earlier?: Buffer): Promise<TLSSocket> => {
        const client = await starttls.plain();
        client.write(STARTTLS);
        await receive(client, "<proceed/>");
        return upgrade(client, { ...options, ...(earlier === undefined ? {} : { session: earlier }) });
      };
      const ticket = await sessionOf(await secure());
      assert.equal((await secure(ticket)).isSessionReused(), true, `STARTTLS ${maxVersion} ${servername}`);
    }
  }
});

test("with a single certificate a resumed TLS 1.2 session has its end point", LIMIT, async (t) => {
  const place = await listening(t, { tls: "direct" });
  const first = await place.tls({ maxVersion: "TLSv1.2" });
  const again = await place.tls({ maxVersion: "TLSv1.2", session: first.getSession()! });
  assert.equal(again.isSessionReused(), true);
  await place.accepted();
  const { connection } = await place.accepted();
  assert.deepEqual(connection.tls?.endPoint(), endPointHash(first.getPeerX509Certificate()!));
});

test("both sides export the same keying material, with TLS 1.3 only", LIMIT, async (t) => {
  const place = await listening(t, { tls: "direct" });
  const client = await place.tls();
  const { connection } = await place.accepted();
  const ours = connection.tls?.exporter();
  assert.equal(ours?.length, 32);
  assert.deepEqual(ours, client.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0)));
  await place.tls({ maxVersion: "TLSv1.2" });
  const older = (await place.accepted()).connection;
  assert.equal(older.tls?.protocol, "TLSv1.2");
  assert.equal(older.tls?.exporter(), undefined);
  connection.destroy();
  assert.equal(connection.tls?.exporter(), undefined);
});

test("the certificate is chosen by SNI, then by the stream's host, then the first", LIMIT, async (t) => {
  const place = await listening(t, {
    hosts: ["one.example", "two.example"],
    files: [twoHosts(t)],
    onBytes: (connection, chunk) => {
      connection.write("<proceed/>");
      connection.startTls(chunk.toString());
    },
  });
  const cases = [
    ["two.example", "one.example", "one.example"],
    ["two.example", "", "two.example"],
    ["one.example", "chat.two.example", "two.example"],
    ["two.example", "unknown.example", "two.example"],
    ["unknown.example", "", "one.example"],
  ] as const;
  for (const [host, servername, expected] of cases) {
    const client = await place.plain();
    client.write(host);
    await receive(client, "<proceed/>");
    const secure = await upgrade(client, servername === "" ? {} : { servername });
    const certificate = secure.getPeerX509Certificate()!;
    assert.equal(certificate.checkHost(expected), expected, `${host} ${servername}`);
    const { connection, recorder } = await place.accepted();
    await recorder.has("secured");
    assert.deepEqual(connection.tls?.endPoint(), endPointHash(certificate));
  }
});

test("a client that trusts the self-signed certificate needs nothing else", LIMIT, async (t) => {
  const place = await listening(t, { tls: "direct" });
  const ca = readFileSync(place.contexts.current.identities[0]!.file);
  const client = await place.tls({ ca, servername: "example.org", rejectUnauthorized: true });
  assert.equal(client.authorized, true);
});
