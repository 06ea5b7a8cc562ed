import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { issue } from "../../test/support/certificates.ts";
import { listening, temporaryDirectory } from "../../test/support/listening.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { createLog, type Log } from "../base/log.ts";
import { CertificateError } from "./identities.ts";
import { TlsContexts } from "./tls-contexts.ts";

const DAY = 86_400_000;

interface Place {
  readonly directory: string;
  readonly world: SteppedWorld;
  readonly lines: string[];
  readonly log: Log;
  file(name: string, text: string): string;
  open(hosts: readonly string[], files: readonly string[]): Promise<TlsContexts>;
}

function place(t: TestContext): Place {
  const directory = temporaryDirectory(t);
  const world = new SteppedWorld();
  const lines: string[] = [];
  const log = createLog({ level: "info", format: "text", now: () => 0, write: (line) => lines.push(line) });
  return {
    directory,
    world,
    lines,
    log,
    file(name, text) {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    },
    async open(hosts, files) {
      const contexts = await TlsContexts.open({ world, log, hosts, files, directory });
      t.after(() => contexts.close());
      return contexts;
    },
  };
}

function serial(contexts: TlsContexts, host: string): string | undefined {
  return contexts.current.select(host)?.identity.certificate.serialNumber;
}

test("without files there is a self-signed certificate for all hosts", async (t) => {
  const { open, directory, lines } = place(t);
  const contexts = await open(["localhost", "example.org"], []);
  for (const host of ["localhost", "EXAMPLE.org", "example.org."]) {
    assert.ok(contexts.current.select(host)?.identity.selfSigned, host);
  }
  assert.equal(contexts.current.select("other.example"), undefined);
  assert.equal(contexts.current.fallback, contexts.current.select("localhost"));
  assert.ok(existsSync(join(directory, "self-signed.key")));
  assert.match(lines.join(""), /made a self-signed certificate/);
});

test("hosts that the files do not cover get the self-signed one, with a warning", async (t) => {
  const { open, file, lines } = place(t);
  const one = issue({ name: "one", hosts: ["one.example"], issuer: issue({ name: "ca", authority: true }) });
  const contexts = await open(["one.example", "two.example"], [file("a", one.certificate + one.key)]);
  assert.equal(contexts.current.select("one.example")?.identity.selfSigned, false);
  assert.ok(contexts.current.select("two.example")?.identity.selfSigned);
  assert.match(lines.join(""), /WARN +no configured certificate covers .*two\.example/);
});

test("among several the best is presented: valid, not self-signed, exact, longest", async (t) => {
  const ca = issue({ name: "ca", authority: true });
  const hosts = ["chat.example.org"];
  const expired = issue({ name: "expired", hosts, issuer: ca, notAfter: Date.now() - DAY });
  const own = issue({ name: "own", hosts, notAfter: Date.now() + 900 * DAY });
  const wild = issue({
    name: "wild",
    hosts: ["*.example.org"],
    issuer: ca,
    notAfter: Date.now() + 800 * DAY,
  });
  const short = issue({ name: "short", hosts, issuer: ca, notAfter: Date.now() + 100 * DAY });
  const long = issue({ name: "long", hosts, issuer: ca, notAfter: Date.now() + 200 * DAY });
  const order = [long, short, wild, own, expired];
  for (let better = 0; better < order.length; better++) {
    const { open, file } = place(t);
    const left = order.slice(better).reverse();
    const text = left.map((one) => one.certificate + one.key).join("");
    const contexts = await open(hosts, [file("all.pem", text)]);
    const subject = contexts.current.select("chat.example.org")?.identity.certificate.subject;
    assert.equal(subject, `CN=${order[better]?.name}`);
  }
});

test("problems with the files stop the start and say what to do", async (t) => {
  const { open, file, directory } = place(t);
  const one = issue({ name: "one", hosts: ["one.example"] });
  mkdirSync(join(directory, "folder"));
  const cases: readonly (readonly [string, RegExp])[] = [
    [join(directory, "missing.pem"), /missing\.pem does not exist\. Correct the path/],
    [join(directory, "folder"), /folder is a directory\. Name the PEM files/],
    [file("cert.pem", one.certificate), /cert\.pem .*has no private key/],
    [file("key.pem", one.key), /key\.pem belongs to none/],
    [file("empty.pem", ""), /empty\.pem holds neither/],
  ];
  for (const [path, expected] of cases) {
    await assert.rejects(open(["one.example"], [path]), (error) => {
      assert.ok(error instanceof CertificateError);
      assert.match(error.message, expected);
      return true;
    });
  }
  if (process.getuid?.() === 0) return; // root may read everything
  const secret = file("secret.pem", one.certificate + one.key);
  chmodSync(secret, 0);
  await assert.rejects(open(["one.example"], [secret]), /may not be read/);
});

test("changed files are taken over, connections and broken changes do not suffer", async (t) => {
  const { file, lines, log } = place(t);
  const hosts = ["one.example"];
  const first = issue({ name: "first", hosts });
  const path = file("one.pem", first.certificate + first.key);
  const { contexts, world, accepted, tls } = await listening(t, { hosts, files: [path], tls: "direct", log });
  const old = serial(contexts, "one.example");
  const client = await tls({ servername: "one.example", maxVersion: "TLSv1.2" });
  await accepted();

  await contexts.poll();
  assert.equal(serial(contexts, "one.example"), old);
  const second = issue({ name: "second", hosts });
  file("one.pem", second.certificate);
  await contexts.poll();
  await contexts.poll();
  assert.equal(serial(contexts, "one.example"), old, "half written");
  rmSync(path);
  await contexts.poll();
  assert.equal(serial(contexts, "one.example"), old, "gone");
  assert.equal(lines.filter((line) => line.includes("ERROR")).length, 2, "each problem once");
  file("one.pem", second.certificate + second.key);
  world.pass(30_000); // the polling itself
  await contexts.poll();
  const again = await tls({
    servername: "one.example",
    session: client.getSession()!,
    maxVersion: "TLSv1.2",
  });
  assert.equal(again.getPeerX509Certificate()?.subject, "CN=second");
  assert.equal(again.isSessionReused(), false, "a session belongs to the certificate it began with");
  assert.equal(client.destroyed, false);
});

test("the key of the tickets is changed every day", async (t) => {
  const { open, world } = place(t);
  const contexts = await open(["one.example"], []);
  const before = contexts.current;
  world.pass(DAY / 2);
  await contexts.poll();
  assert.equal(contexts.current, before);
  world.pass(DAY / 2);
  await contexts.poll();
  assert.notEqual(contexts.current, before);
  assert.equal(
    contexts.current.select("one.example")?.identity.certificate.serialNumber,
    before.select("one.example")?.identity.certificate.serialNumber,
  );
});

test("the end of a certificate is announced 30, 14, 7 and 1 days before, once each", async (t) => {
  const { open, file, world, lines } = place(t);
  const one = issue({ name: "one", hosts: ["one.example"], notAfter: world.now() + 40 * DAY - 2000 });
  const contexts = await open(["one.example"], [file("one.pem", one.certificate + one.key)]);
  const warnings: number[] = [];
  for (let day = 40; day >= -2; day--) {
    const before = lines.filter((line) => line.includes("WARN")).length;
    await contexts.poll();
    await contexts.poll();
    if (lines.filter((line) => line.includes("WARN")).length > before) warnings.push(day);
    world.pass(DAY);
  }
  assert.deepEqual(warnings, [30, 14, 7, 1, 0]);
  assert.match(lines.at(-1) ?? "", /has expired: clients will refuse it/);
});
