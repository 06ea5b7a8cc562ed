import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { issue } from "../../test/support/certificates.ts";
import { assembleIdentities, CertificateError } from "./identities.ts";

const root = issue({ name: "Root", authority: true });
const intermediate = issue({ name: "Intermediate", authority: true, issuer: root });
const one = issue({ name: "one.example", hosts: ["one.example"], issuer: intermediate });
const two = issue({ name: "two.example", hosts: ["two.example"], issuer: intermediate });

function subjects(pem: string): string[] {
  return pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .map((block) => new X509Certificate(block).subject)
    .map((subject) => subject.replace("CN=", ""));
}

function problems(...texts: string[]): readonly string[] {
  try {
    assembleIdentities(texts.map((text, index) => ({ path: `file${index}.pem`, text })));
  } catch (error) {
    assert.ok(error instanceof CertificateError);
    return error.problems;
  }
  return assert.fail("nothing was wrong");
}

test("certificates, chains and keys are matched over files and in any order", () => {
  const identities = assembleIdentities([
    { path: "a.pem", text: `${two.key}notes\n${root.certificate}${one.certificate}` },
    { path: "b.pem", text: `${intermediate.certificate}${two.certificate}${one.certificate}` },
    { path: "c.pem", text: one.key },
  ]);
  assert.deepEqual(
    identities.map(({ names, file, selfSigned }) => ({ names, file, selfSigned })),
    [
      { names: ["one.example"], file: "a.pem", selfSigned: false },
      { names: ["two.example"], file: "b.pem", selfSigned: false },
    ],
  );
  for (const identity of identities) {
    assert.deepEqual(subjects(identity.chain), [identity.names[0], "Intermediate"], "no root");
    assert.ok(identity.certificate.checkPrivateKey(createPrivateKey(identity.key)));
  }
});

test("a self-signed certificate is its own chain", () => {
  const own = issue({ name: "own.example", hosts: ["own.example"] });
  const [identity] = assembleIdentities([{ path: "own.pem", text: own.certificate + own.key }]);
  assert.equal(identity?.selfSigned, true);
  assert.deepEqual(subjects(identity?.chain ?? ""), ["own.example"]);
});

test("what has no counterpart is named with its file", () => {
  assert.match(problems(one.certificate)[0] ?? "", /file0\.pem \(DNS:one\.example\) has no private key/);
  assert.match(problems(one.certificate + one.key, two.key)[0] ?? "", /key in file1\.pem belongs to none/);
  assert.equal(problems(one.certificate, two.key).length, 2);
});

test("what cannot be read is named with its file", () => {
  assert.match(problems("nothing")[0] ?? "", /file0\.pem holds neither/);
  const broken = one.certificate.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA");
  assert.match(problems(broken)[0] ?? "", /certificate in file0\.pem cannot be read/);
  const locked = createPrivateKey(one.key).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "x",
  }) as string;
  assert.match(problems(one.certificate, locked)[0] ?? "", /file1\.pem is protected by a passphrase/);
  assert.match(
    problems("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")[0] ?? "",
    /private key in file0\.pem cannot be read/,
  );
});
