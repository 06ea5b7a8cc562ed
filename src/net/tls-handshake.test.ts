import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { ConnectionOptions, TLSSocket } from "node:tls";
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

test("a session is resumed whatever host the stream names", LIMIT, async (t) => {
  const place = await listening(t, {
    hosts: ["one.example", "two.example"],
    files: [twoHosts(t)],
    onBytes: (connection, chunk) => {
      connection.write("<proceed/>");
      connection.startTls(chunk.toString());
    },
  });
  const secure = async (host: string, options: ConnectionOptions = {}): Promise<TLSSocket> => {
    const client = await place.plain();
    client.write(host);
    await receive(client, "<proceed/>");
    return upgrade(client, { servername: "two.example", ...options });
  };
  const session = await sessionOf(await secure("one.example"));
  assert.equal((await secure("two.example", { session })).isSessionReused(), true);
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
