import assert from "node:assert/strict";
import { RawStream } from "../support/raw-stream.ts";
import { child, condition, type Element } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

async function opened(server: TestServer): Promise<RawStream> {
  const stream = await RawStream.connectTls(server.tlsPort, server.host);
  await stream.open();
  await stream.next();
  return stream;
}

async function attempt(stream: RawStream, mechanism: string, message: string): Promise<Element> {
  const initial = Buffer.from(message).toString("base64");
  stream.write(`<auth xmlns='${SASL}' mechanism='${mechanism}'>${initial}</auth>`);
  return stream.next();
}

// RFC 5802 §6 refuses both flags; slixmpp 1.8 goes through all of them in this order.
story("a client that binds only to tls-unique gets to PLAIN", { accounts: ["romeo"] }, async (server) => {
  const stream = await opened(server);
  for (const hash of ["SHA-512", "SHA-256", "SHA-1"]) {
    const refused = await attempt(stream, `SCRAM-${hash}-PLUS`, "p=tls-unique,,n=romeo,r=abc");
    assert.ok(child(refused, "not-authorized"), hash);
  }
  for (const hash of ["SHA-512", "SHA-256", "SHA-1"]) {
    const refused = await attempt(stream, `SCRAM-${hash}`, "y,,n=romeo,r=abc");
    assert.ok(child(refused, "not-authorized"), hash);
  }
  assert.equal((await attempt(stream, "PLAIN", "\0romeo\0secret")).name, "success");
  stream.socket.destroy();
});

story("even attempts that guess nothing come to an end", { accounts: ["romeo"] }, async (server) => {
  const stream = await opened(server);
  for (let count = 0; count < 10; count++) {
    const refused = await attempt(stream, "SCRAM-SHA-1-PLUS", "p=tls-unique,,n=romeo,r=abc");
    assert.equal(refused.name, "failure");
  }
  assert.equal(condition(await stream.next()), "policy-violation");
  stream.socket.destroy();
});
