import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLog } from "../../test/support/silent-log.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { CertificateError, type Identity } from "./identities.ts";
import { selfSigned, selfSignedFiles } from "./self-signed.ts";

const YEAR = 365 * 86_400_000;

function place(t: { after(action: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), "tercet-certificate-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "data");
}

function make(directory: string, hosts: readonly string[], world = new SteppedWorld()): Promise<Identity> {
  return selfSigned({ world, log: silentLog(), directory, hosts });
}

test("the certificate is what Node and OpenSSL take for a server's", async (t) => {
  const directory = place(t);
  const identity = await make(directory, ["example.org", "bücher.example", "localhost", "[2001:db8::7]"]);
  const { certificate } = identity;
  for (const host of ["example.org", "xn--bcher-kva.example", "localhost"]) {
    assert.equal(certificate.checkHost(host), host);
  }
  assert.equal(certificate.checkHost("evil.example"), undefined);
  for (const address of ["127.0.0.1", "::1", "2001:db8::7"]) {
    assert.equal(certificate.checkIP(address), address);
  }
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.ca, false);
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.ok(certificate.checkPrivateKey(createPrivateKey(identity.key)));
  assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assert.ok(certificate.validToDate.getTime() > Date.now() + 9 * YEAR);
  assert.ok(certificate.validFromDate.getTime() < Date.now());
});

test("OpenSSL's own checks pass", async (t) => {
  if (spawnSync("openssl", ["version"]).status !== 0) return t.skip("openssl is not installed");
  const directory = place(t);
  await make(directory, ["example.org"]);
  const { certificate } = selfSignedFiles(directory);
  const checks = ["-x509_strict", "-purpose", "sslserver", "-verify_hostname", "example.org"];
  const verified = execFileSync(
    "openssl",
    ["verify", "-partial_chain", ...checks, "-CAfile", certificate, certificate],
    { encoding: "utf8" },
  );
  assert.match(verified, /: OK/);
});

test("only the owner may read the key, also where its mode was changed", async (t) => {
  const directory = place(t);
  await make(directory, ["example.org"]);
  const files = selfSignedFiles(directory);
  assert.equal(statSync(files.key).mode & 0o777, 0o600);
  assert.equal(statSync(files.certificate).mode & 0o777, 0o644);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  chmodSync(files.key, 0o644);
  await make(directory, ["example.org"]);
  assert.equal(statSync(files.key).mode & 0o777, 0o600);
});

test("it is used again until the hosts change or it expires", async (t) => {
  const directory = place(t);
  const world = new SteppedWorld();
  const first = await make(directory, ["example.org"], world);
  const again = await make(directory, ["example.org"], world);
  assert.equal(again.certificate.fingerprint256, first.certificate.fingerprint256);
  const other = await make(directory, ["example.org", "example.net"], world);
  assert.notEqual(other.certificate.fingerprint256, first.certificate.fingerprint256);
  assert.equal(other.certificate.checkHost("example.net"), "example.net");
  const later = new SteppedWorld(Date.now() + 11 * YEAR);
  const renewed = await make(directory, ["example.org", "example.net"], later);
  assert.ok(renewed.certificate.validToDate.getTime() > later.now());
});

test("a damaged or unmatched pair is made anew", async (t) => {
  const directory = place(t);
  const files = selfSignedFiles(directory);
  const first = await make(directory, ["example.org"]);
  writeFileSync(files.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const second = await make(directory, ["example.org"]);
  assert.notEqual(second.certificate.fingerprint256, first.certificate.fingerprint256);
  // A crash between the two writes leaves the new key with the old certificate.
  writeFileSync(files.key, first.key);
  const third = await make(directory, ["example.org"]);
  const stored = new X509Certificate(readFileSync(files.certificate));
  assert.equal(stored.fingerprint256, third.certificate.fingerprint256);
  assert.ok(stored.checkPrivateKey(createPrivateKey(readFileSync(files.key))));
});

test("a directory that cannot be used is said so", async (t) => {
  const directory = place(t);
  writeFileSync(directory, "a file is in the way");
  await assert.rejects(make(directory, ["example.org"]), (error) => {
    assert.ok(error instanceof CertificateError);
    assert.match(error.message, /cannot be read or written \((ENOTDIR|EEXIST)\)/);
    return true;
  });
});
