import assert from "node:assert/strict";
import { test } from "node:test";
import { listening, receive, upgrade } from "../../test/support/listening.ts";
import type { Connection } from "../kernel/connection.ts";

const LIMIT = { timeout: 10_000 };
const STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/** Answers STARTTLS as a stream would, for the host `example.org`; echoes everything else. */
function answer(connection: Connection, chunk: Buffer): void {
  if (connection.tls === undefined && chunk.toString().startsWith(STARTTLS)) {
    connection.write("<proceed/>");
    connection.startTls("example.org");
  } else connection.write(Buffer.from(chunk));
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
  assert.throws(() => connection.startTls("example.org"), /TLS already/);
  const ended = receive(secure, "");
  connection.end();
  assert.equal(await ended, "");
  await recorder.has("closed");
  assert.equal(recorder.error, undefined);
});

test("what is written after `startTls` waits for TLS", LIMIT, async (t) => {
  const place = await listening(t, {
    onBytes: (connection) => {
      if (connection.tls !== undefined) return;
      connection.write("<proceed/>");
      connection.startTls("example.org");
      connection.write("secret");
    },
  });
  const client = await place.plain();
  const clear: string[] = [];
  client.on("data", (chunk: Buffer) => clear.push(chunk.toString()));
  client.write(STARTTLS);
  const { connection } = await place.accepted();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(clear, ["<proceed/>"]);
  assert.equal(connection.buffered, 6);
  assert.equal(await receive(await upgrade(client), "secret"), "secret");
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
