import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { listening, Recorder, receive } from "../../test/support/listening.ts";
import { silentLog } from "../../test/support/silent-log.ts";
import type { Connection } from "../kernel/connection.ts";
import { ListenError } from "./listen-error.ts";
import { Listener, type ListenOptions } from "./listener.ts";

const LIMIT = { timeout: 10_000 };

test("a busy port is said so, and is free as soon as `close` resolves", LIMIT, async (t) => {
  const { world, contexts, admission, listener, port } = await listening(t);
  const options: ListenOptions = {
    world,
    contexts,
    log: silentLog(),
    limits: admission,
    address: "127.0.0.1",
    port,
    tls: "starttls",
    handshakeTimeout: 15_000,
    accept: () => {},
  };
  await assert.rejects(Listener.open(options), (error) => {
    assert.ok(error instanceof ListenError);
    assert.equal(error.code, "EADDRINUSE");
    assert.match(error.message, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is in use`));
    return true;
  });
  await listener.close();
  const second = await Listener.open(options);
  assert.equal(second.port, port);
  await second.close();
  await second.close();
  await assert.rejects(Listener.open({ ...options, address: "192.0.2.77" }), /No network interface/);
  await assert.rejects(Listener.open({ ...options, address: "localhost" }), /not an IP address/);
});

test("every reason comes with what to do", () => {
  assert.match(
    new ListenError("::1", 5222, "EADDRINUSE").message,
    /5222 on ::1 is in use.*tercet\.yml.*`listen`/,
  );
  assert.match(new ListenError("0.0.0.0", 222, "EACCES").message, /0\.0\.0\.0:222.*1024/);
  assert.match(new ListenError("::", 5222, "EAFNOSUPPORT").message, /\[::\]:5222.*IPv4/);
  assert.match(new ListenError("::", 5222, "EMFILE").message, /ulimit/);
  assert.match(new ListenError("::", 5222, "ESTRANGE").message, /ESTRANGE/);
});

test("IPv4 that comes over an IPv6 listener is IPv4", LIMIT, async (t) => {
  const { world, contexts, admission } = await listening(t);
  const seen: string[] = [];
  const options: ListenOptions = {
    world,
    contexts,
    log: silentLog(),
    limits: admission,
    address: "::",
    port: 0,
    tls: "starttls",
    handshakeTimeout: 15_000,
    accept: (connection) => {
      seen.push(`${connection.remoteAddress} ${connection.loopback}`);
      connection.end();
    },
  };
  let dual: Listener;
  try {
    dual = await Listener.open(options);
  } catch {
    return t.skip("this machine has no IPv6");
  }
  for (const host of ["127.0.0.1", "::1"]) {
    const socket = connect(dual.port, host).resume();
    await once(socket, "close");
  }
  await dual.close();
  assert.deepEqual(seen, ["127.0.0.1 true", "::1 true"]);
});

test("beyond the limits of its address a connection is dropped without a byte", LIMIT, async (t) => {
  const place = await listening(t, { limits: { unauthenticatedPerAddress: 2, perAddress: 3 } });
  const clients = [await place.plain(), await place.plain()];
  const first = await place.accepted();
  await place.accepted();
  const refused = await place.plain();
  assert.equal(await receive(refused, ""), "");
  assert.equal(place.count, 2);
  first.connection.markAuthenticated();
  clients.push(await place.plain());
  const third = await place.accepted();
  third.connection.markAuthenticated();
  assert.equal(await receive(await place.plain(), ""), "", "three in all");
  third.connection.destroy();
  await third.recorder.has("closed");
  await place.plain();
  await place.accepted();
  assert.equal(place.admission.open, 3);
  for (const client of clients) client.destroy();
});

test("connections that come and go leave nothing behind", LIMIT, async (t) => {
  const place = await listening(t, { limits: { ratePerAddress: 100_000, burstPerAddress: 100_000 } });
  for (let i = 0; i < 200; i++) {
    const client = await place.plain();
    const { recorder } = await place.accepted();
    if (i % 2 === 0) client.resetAndDestroy();
    else client.end("<?xml version='1.0'?>");
    client.resume();
    await recorder.has("closed");
  }
  assert.equal(place.admission.open, 0);
  assert.equal(place.admission.unauthenticated, 0);
  place.world.pass(20_000);
  assert.equal(place.admission.addresses, 0);
  assert.equal(place.world.timers, 1, "only the polling of certificates is left");
});

test("connections live on when the listener closes", LIMIT, async (t) => {
  const place = await listening(t);
  const client = await place.plain();
  const { connection, recorder } = await place.accepted();
  await place.listener.close();
  client.write("still here");
  await recorder.until(({ received }) => received === "still here");
  connection.write("so are we");
  assert.equal(await receive(client, "we"), "so are we");
});

test(
  "who connects to a port that waits is heard once it begins, bytes and TLS included",
  LIMIT,
  async (t) => {
    const { world, contexts, admission } = await listening(t);
    const made: { connection: Connection; recorder: Recorder }[] = [];
    const options: ListenOptions = {
      world,
      contexts,
      log: silentLog(),
      limits: admission,
      address: "127.0.0.1",
      port: 0,
      tls: "starttls",
      handshakeTimeout: 15_000,
      accept(connection) {
        const recorder = new Recorder();
        connection.handler = recorder;
        made.push({ connection, recorder });
      },
    };
    const listener = await Listener.open(options, true);
    const secure = await Listener.open({ ...options, tls: "direct" }, true);
    const dropped = await Listener.open(options, true);
    const plain = connect(listener.port, "127.0.0.1");
    plain.write("hello");
    const tls = tlsConnect({ port: secure.port, host: "127.0.0.1", rejectUnauthorized: false });
    const refused = connect(dropped.port, "127.0.0.1");
    refused.on("error", () => {});
    await Promise.all([once(plain, "connect"), once(tls, "connect"), once(refused, "connect")]);
    assert.deepEqual([made.length, admission.open], [0, 0], "nobody has been spoken to");
    await dropped.close();
    await once(refused, "close");
    listener.begin();
    secure.begin();
    await once(tls, "secureConnect");
    tls.write("secret");
    while (made.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const [first, second] = made;
    await first!.recorder.until(({ received }) => received === "hello");
    await second!.recorder.until(({ received }) => received === "secret");
    // And later ones at once.
    listener.use({ ...options, accept: (connection) => connection.destroy() });
    const later = connect(listener.port, "127.0.0.1");
    later.on("error", () => {});
    await once(later, "close");
    assert.equal(made.length, 2);
    plain.destroy();
    tls.destroy();
    await listener.close();
    await secure.close();
  },
);
