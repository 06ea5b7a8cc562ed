import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { issue } from "../../test/support/certificates.ts";
import { asciiHost, covers, dnsNames, endPointHash } from "./certificate.ts";

test("the end point is hashed as the certificate was signed, never weaker than SHA-256", () => {
  const ec = issue({ name: "ca" });
  const rsa = issue({ name: "rsa", algorithm: "sha512WithRSAEncryption" });
  const cases = [
    [ec, "sha256"],
    [issue({ name: "a", algorithm: "ecdsa-with-SHA384" }), "sha384"],
    [issue({ name: "a", algorithm: "ecdsa-with-SHA1" }), "sha256"],
    [rsa, "sha512"],
    // What counts is the signature, which is the issuer's.
    [issue({ name: "leaf", issuer: rsa }), "sha512"],
  ] as const;
  for (const [{ certificate }, hash] of cases) {
    const x509 = new X509Certificate(certificate);
    assert.deepEqual(endPointHash(x509), createHash(hash).update(x509.raw).digest());
  }
  const edwards = new X509Certificate(issue({ name: "a", algorithm: "ED25519" }).certificate);
  assert.equal(endPointHash(edwards), undefined);
});

test("only dNSNames count, whatever else they contain", () => {
  const names = ["Example.org", "*.example.org", "a, DNS:evil.example"];
  const { certificate } = issue({ name: "common.example", hosts: names });
  assert.deepEqual(dnsNames(new X509Certificate(certificate)), [
    "example.org",
    "*.example.org",
    "a, dns:evil.example",
  ]);
  assert.deepEqual(dnsNames(new X509Certificate(issue({ name: "example.org" }).certificate)), []);
});

test("a wildcard stands for exactly the left-most label", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["example.org", "example.org", true],
    ["example.org", "chat.example.org", false],
    ["*.example.org", "chat.example.org", true],
    ["*.example.org", "example.org", false],
    ["*.example.org", "a.b.example.org", false],
    ["*.example.org", ".example.org", false],
    ["c*.example.org", "chat.example.org", false],
    ["chat.*.org", "chat.example.org", false],
    ["*.org", "example.org", false],
    ["*", "localhost", false],
    ["", "", false],
  ];
  for (const [name, host, expected] of cases) assert.equal(covers(name, host), expected, `${name} ${host}`);
});

test("hosts are compared as they stand in certificates", () => {
  assert.equal(asciiHost("Bücher.Example."), "xn--bcher-kva.example");
  assert.equal(asciiHost("XN--bcher-kva.example"), "xn--bcher-kva.example");
  assert.equal(asciiHost("127.1"), "127.1");
});
