import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { RawStream } from "../../support/raw-stream.ts";
import { condition, type Element } from "../../support/romeo.ts";
import { type Arena, type Code, times, turn, until } from "../arena.ts";
import { toBytes } from "../bytes.ts";

import { endedWell } from "../play.ts";

const HEADER = toBytes(["$[H]"]);
const PING = "<iq type='get' id='p'><x xmlns='urn:x'/></iq>";

async function plain(arena: Arena): Promise<RawStream> {
  return arena.keep(await RawStream.connect(arena.server.port, arena.server.host));
}

/** The stream ends with this error while the clock goes on for `seconds`, not before `after` of them. */
async function endsWith(
  arena: Arena,
  stream: RawStream,
  error: string,
  { after, seconds }: { readonly after: number; readonly seconds: number },
): Promise<void> {
  await arena.pass(after, () => stream.gone);
  assert.equal(stream.gone, false, "it ended too early");
  await arena.pass(seconds - after, () => stream.gone);
  await stream.end();
  const element = await stream.find(({ name }) => name === "error", "a stream error");
  assert.equal(condition(element), error);
  endedWell(stream);
}

/** Writes a byte every ten seconds until the connection is gone. */
async function dribble(arena: Arena, stream: RawStream, bytes: Uint8Array, seconds: number): Promise<void> {
  const started = arena.world.monotonic();
  for (const byte of bytes) {
    stream.write(Uint8Array.of(byte));
    await arena.pass(10, () => stream.gone);
    if (stream.gone) break;
    const waited = (arena.world.monotonic() - started) / 1000;
    assert.ok(waited <= seconds + 10, `still open after ${waited} s`);
  }
  await stream.end();
  assert.equal(condition(await stream.next()), "connection-timeout");
  endedWell(stream);
}

export const whiteSpaceFlood: Code = async (arena) => {
  const mal = await arena.enter("mal");
  const amount = times(200_000, 100_000_000);
  for (let sent = 0; sent < amount; sent += 200_000) {
    mal.stream.write(Buffer.alloc(200_000, " "));
    const answer = mal.client!.ask("get", "<x xmlns='urn:x'/>");
    let answered = false;
    void answer.then(() => {
      answered = true;
    });
    await turn(20);
    assert.equal(answered, false, "200 kB were read at once");
    await arena.pass(20, () => answered);
    await answer;
  }
};

export const slowStanza: Code = async (arena) => {
  const mal = await arena.enter("mal");
  await dribble(arena, mal.stream, Buffer.from("<message to='bob@h.test'><body>x</body></message>"), 61);
};

export const slowHeader: Code = async (arena) => {
  await dribble(arena, await plain(arena), HEADER, 16);
  const secure = await RawStream.connectTls(arena.server.tlsPort, arena.server.host);
  await dribble(arena, arena.keep(secure), HEADER, 31);
};

export const silentConnections: Code = async (arena) => {
  await endsWith(arena, await plain(arena), "connection-timeout", { after: 13, seconds: 17 });
  const opened = await plain(arena);
  await opened.open();
  await opened.next();
  await endsWith(arena, opened, "connection-timeout", { after: 13, seconds: 17 });
  const secure = arena.keep(await RawStream.connectTls(arena.server.tlsPort, arena.server.host));
  await secure.open();
  await secure.next();
  await endsWith(arena, secure, "connection-timeout", { after: 28, seconds: 32 });
};

export const halfClientHello: Code = async (arena) => {
  const half = toBytes(["\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC\\x03\\x03"]);
  const direct = arena.keep(await RawStream.connect(arena.server.tlsPort, arena.server.host));
  direct.write(half);
  const upgraded = await plain(arena);
  await upgraded.open();
  await upgraded.next();
  upgraded.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  assert.equal((await upgraded.next()).name, "proceed");
  const before = upgraded.received;
  upgraded.write(half);
  await arena.pass(13);
  assert.equal(direct.gone || upgraded.gone, false, "it ended too early");
  await arena.pass(4, () => direct.gone && upgraded.gone);
  await Promise.all([direct.end(), upgraded.end()]);
  assert.equal(direct.received, "");
  assert.equal(upgraded.received, before);
};

export const tooManyConnections: Code = async (arena) => {
  const streams: RawStream[] = [];
  for (let count = 0; count < 25; count++) streams.push(await plain(arena));
  for (const stream of streams) stream.write(HEADER);
  const served = (): number => streams.filter(({ header }) => header !== undefined).length;
  const dropped = (): number => streams.filter(({ gone, received }) => gone && received === "").length;
  await until(
    () => served() + dropped() === 25,
    () => `${served()} served, ${dropped()} dropped`,
  );
  assert.deepEqual([served(), dropped()], [20, 5]);
  // The limit is one of each address.
  const options = { localAddress: "127.0.0.2" };
  const other = arena.keep(await RawStream.connectTls(arena.server.tlsPort, arena.server.host, options));
  await other.open();
};

export const connectionChurn: Code = async (arena) => {
  const come = async (index: number): Promise<void> => {
    // Without a reader: what the many clients of this process need is not the server's.
    const socket = connect({ host: "127.0.0.1", port: arena.server.port });
    socket.on("error", () => {});
    await once(socket, "connect");
    const closed = once(socket, "close");
    socket.resume();
    socket.write(HEADER);
    if (index % 2 === 0) socket.end();
    else socket.resetAndDestroy();
    await closed;
  };
  const churn = async (rounds: number): Promise<number> => {
    for (let round = 0; round < rounds; round++) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => come(index)));
      arena.world.leap(100);
    }
    return process.memoryUsage().rss;
  };
  // The first half shows what buffers and code the engine builds for so many; a leak would go on.
  const half = await churn(times(10, 5000));
  const whole = await churn(times(10, 5000));
  if (times(0, 1) === 1) assert.ok(whole < half * 1.1, `${half} bytes became ${whole}`);
};

export const hostChangedAfterLogin: Code = async (arena) => {
  const { stream } = await arena.enter("secure");
  stream.write(toBytes(["<auth xmlns='$[sasl]' mechanism='PLAIN'>$[b64:\\x00mal\\x00secret]</auth>"]));
  assert.equal((await stream.next()).name, "success");
  const header = await stream.open("to='x.test' version='1.0'");
  assert.equal(header.attributes["from"], "h.test");
  assert.equal(condition(await stream.next()), "host-unknown");
  await stream.end();
  endedWell(stream);
};

const errors = (elements: readonly Element[]): string[] =>
  elements.filter(({ name }) => name === "error").map(condition);

/** Far more than kernels keep for a connection. */
const MUCH = 256;

export const answersNotRead: Code = async (arena) => {
  const { stream } = await arena.enter("mal");
  stream.socket.pause();
  const question = PING.replace("<x ", `<x y='${"z".repeat(16_000)}' `).repeat(64);
  // The kernel takes some megabytes for both sides; then what is written stays with its writer, because nobody reads it.
  let stuck = 0;
  for (let written = 0; stuck < 30; ) {
    assert.ok(written < MUCH, "the server reads on although nobody reads its answers");
    if (stream.socket.writableLength === 0) {
      stream.write(question);
      written++;
      stuck = 0;
    } else {
      stuck++;
    }
    await turn(10);
  }
  arena.world.leap(62_000);
  stream.socket.resume();
  await stream.end();
  assert.deepEqual(errors(stream.takeAll()), ["resource-constraint"]);
  assert.ok(stream.finished);
};

export const messagesNotRead: Code = async (arena) => {
  const dave = await arena.enter("dave");
  const mal = await arena.enter("mal");
  dave.stream.socket.pause();
  const messages = `<message to='dave@h.test/m'><body>${"z".repeat(16_000)}</body></message>`.repeat(16);
  const isThere = async (): Promise<boolean> =>
    (await arena.server.command("connected_users")).out.includes("dave@h.test/m");
  for (let written = 0; await isThere(); written++) {
    assert.ok(written < MUCH * 4, "the server keeps everything for somebody who does not read");
    mal.client!.send(messages);
    // Whoever writes is not held up by who does not read.
    await mal.client!.sync();
  }
  dave.stream.socket.resume();
  await dave.stream.end();
  assert.deepEqual(errors(dave.stream.takeAll()), ["resource-constraint"]);
};
