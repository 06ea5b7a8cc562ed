import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { RawStream } from "../../support/raw-stream.ts";
import { authenticate, bind, type Element } from "../../support/romeo.ts";
import { type Arena, type Code, times, turn, until } from "../arena.ts";
import { toBytes } from "../bytes.ts";

const STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

const names = ({ nodes }: Element): string[] =>
  nodes.map((node) => (typeof node === "string" ? node : node.name));

async function secure(arena: Arena, options: ConnectionOptions = {}): Promise<RawStream> {
  return arena.keep(await RawStream.connectTls(arena.server.tlsPort, arena.server.host, options));
}

/** What a handshake with these options fails on; it must. */
async function refusal(arena: Arena, options: ConnectionOptions): Promise<string> {
  const { tlsPort: port, host } = arena.server;
  const socket = connectTls({
    port,
    host: "127.0.0.1",
    servername: host,
    rejectUnauthorized: false,
    ALPNProtocols: ["xmpp-client"],
    ...options,
  });
  try {
    await once(socket, "secureConnect");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.destroy();
  }
  assert.fail(`the server agreed to ${socket.getProtocol()} ${socket.getCipher().name}`);
}

export const noCompressionOfTls: Code = async (arena) => {
  const session = await sessionOf(await secure(arena));
  // SSL_SESSION: [11] is the compression method.
  assert.equal(fieldsOf(session).has(0xab), false);
};

export const bytesBehindStarttls: Code = async (arena) => {
  const login = toBytes(["$[H]<auth xmlns='$[sasl]' mechanism='PLAIN'>$[b64:\\x00mal\\x00secret]</auth>"]);
  const together = arena.keep(await RawStream.connect(arena.server.port, arena.server.host));
  await together.open();
  await together.next();
  await together.startTls({}, login);
  // Nobody answers what was said in the clear: the first thing to come is the answer to our header.
  await together.open();
  assert.equal(names(await together.next())[0], "mechanisms");
  together.write(toBytes(["<abort xmlns='$[sasl]'/>"]));
  assert.deepEqual(names(await together.next()), ["aborted"]);
  const apart = arena.keep(await RawStream.connect(arena.server.port, arena.server.host));
  await apart.open();
  await apart.next();
  apart.write(STARTTLS);
  assert.equal((await apart.next()).name, "proceed");
  apart.write(login);
  await arena.pass(16, () => apart.gone);
  await apart.end();
  assert.deepEqual(apart.takeAll(), []);
};

export const renegotiation: Code = async (arena) => {
  const { socket } = await secure(arena, { maxVersion: "TLSv1.2" });
  const closed = once(socket, "close");
  (socket as TLSSocket).renegotiate({ rejectUnauthorized: false }, () => {});
  await closed;
};

export const oldProtocols: Code = async (arena) => {
  for (const version of ["TLSv1", "TLSv1.1"] as const) {
    const options = { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" };
    assert.match(await refusal(arena, options), /ALERT_PROTOCOL_VERSION/);
  }
  // SSLv3, by hand: our library cannot speak it any more.
  const hello = toBytes([
    "\\x16\\x03\\x00\\x00\\x2D\\x01\\x00\\x00\\x29\\x03\\x00",
    { repeat: "\\x55", times: 32 },
    "\\x00\\x00\\x02\\x00\\x35\\x01\\x00",
  ]);
  const stream = arena.keep(await RawStream.connect(arena.server.tlsPort, arena.server.host));
  const answer: Buffer[] = [];
  stream.socket.removeAllListeners("data");
  stream.socket.on("data", (chunk: Buffer) => answer.push(chunk));
  stream.write(hello);
  await stream.end();
  // An alert of level fatal, or nothing at all, but no ServerHello.
  const bytes = Buffer.concat(answer);
  assert.ok(bytes.length === 0 || (bytes[0] === 0x15 && bytes[5] === 2), bytes.toString("hex"));
};

export const weakCiphers: Code = async (arena) => {
  const weak = [
    "NULL-SHA256",
    "ADH-AES128-SHA256",
    "AECDH-AES128-SHA",
    "AES128-SHA",
    "AES256-GCM-SHA384",
    "PSK-AES128-CBC-SHA256",
  ];
  for (const name of weak) {
    const options = { maxVersion: "TLSv1.2", ciphers: `${name}:@SECLEVEL=0` } as const;
    assert.match(await refusal(arena, options), /HANDSHAKE_FAILURE|NO_CIPHER/);
  }
};

export const foreignAlpn: Code = async (arena) => {
  for (const name of ["http/1.1", "h2", "xmpp-server"]) {
    assert.match(await refusal(arena, { ALPNProtocols: [name] }), /NO_APPLICATION_PROTOCOL/);
  }
  const { socket } = await secure(arena, { ALPNProtocols: ["http/1.1", "xmpp-client"] });
  assert.equal((socket as TLSSocket).alpnProtocol, "xmpp-client");
};

export const truncation: Code = async (arena) => {
  for (const cut of ["FIN", "RST"]) {
    // After STARTTLS the socket below is ours to end without close_notify.
    const stream = arena.keep(await RawStream.connect(arena.server.port, arena.server.host));
    await stream.open();
    await stream.next();
    const below = stream.socket;
    await stream.startTls();
    await logIn(stream);
    stream.write("<message to='bob@h.test'><body>half of it</body></message");
    await turn(20);
    if (cut === "FIN") below.end();
    else (below as Socket).resetAndDestroy();
    await stream.end();
  }
  assert.deepEqual((await arena.control()).bob, []);
};

export const handshakeFlood: Code = async (arena) => {
  const hello = toBytes(["\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC\\x03\\x03"]);
  const sockets = Array.from({ length: times(100, 5000) }, () => {
    const socket = connectTcp({ host: "127.0.0.1", port: arena.server.tlsPort });
    socket.on("error", () => {});
    socket.write(hello);
    return socket;
  });
  try {
    await Promise.all(sockets.slice(0, 100).map((socket) => once(socket, "connect")));
    await arena.talk();
    const open = (): number => sockets.filter(({ closed }) => !closed).length;
    await until(
      () => open() <= 20,
      () => `${open()} handshakes are under way`,
    );
    await arena.talk();
    // Others come in while one address is at its limit.
    await secure(arena, { localAddress: "127.0.0.2" } as ConnectionOptions);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
};

export const noEarlyData: Code = async (arena) => {
  const session = await sessionOf(await secure(arena, { minVersion: "TLSv1.3" }));
  // SSL_SESSION: [15] is max_early_data, left out when it is 0.
  assert.equal(fieldsOf(session).has(0xaf), false);
};

async function logIn(stream: RawStream): Promise<void> {
  await stream.open();
  await stream.next();
  await authenticate(stream, "mal", "secret");
  await stream.open();
  await stream.next();
  await bind(stream);
}

async function sessionOf({ socket }: RawStream): Promise<Buffer> {
  const [session] = (await once(socket, "session")) as [Buffer];
  return session;
}

function isRest(der: Buffer, start: number): boolean {
  if (start + 4 > der.length || der[start + 1]! > 0x82) return false;
  const { length, next } = lengthAt(der, start + 1);
  return next + length === der.length;
}

/** The tags of the fields of a DER sequence. */
function fieldsOf(session: Buffer): ReadonlySet<number> {
  const tags = new Set<number>();
  // What Node puts in front of the sequence is no part of it.
  const start = session.findIndex((byte, index) => byte === 0x30 && isRest(session, index));
  const der = session.subarray(start);
  let at = lengthAt(der, 1).next;
  while (at < der.length) {
    tags.add(der[at]!);
    const { length, next } = lengthAt(der, at + 1);
    at = next + length;
  }
  assert.ok(tags.has(0x02), "no session");
  return tags;
}

function lengthAt(der: Buffer, at: number): { readonly length: number; readonly next: number } {
  const first = der[at]!;
  if (first < 0x80) return { length: first, next: at + 1 };
  const size = first & 0x7f;
  return { length: der.readUIntBE(at + 1, size), next: at + 1 + size };
}
