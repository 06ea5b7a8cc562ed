import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { issue } from "../../test/support/certificates.ts";
import { checkCertificates } from "./check-certificates.ts";
import { readConfiguration } from "./configuration.ts";

const folder = mkdtempSync(join(tmpdir(), "tercet-certificates-"));
after(() => rmSync(folder, { recursive: true }));

const END = Date.UTC(2030, 0, 31);
const { certificate, key } = issue({
  name: "a",
  hosts: ["a.example", "*.a.example"],
  notAfter: END,
});
writeFileSync(join(folder, "a.pem"), certificate + key);
writeFileSync(join(folder, "alone.pem"), certificate);

async function found(
  hosts: string,
  file: string,
  now = END - 1,
): Promise<ReturnType<typeof checkCertificates>> {
  const path = join(folder, "tercet.yml");
  writeFileSync(path, `hosts: [${hosts}]\ncertificates: ${file}\n`);
  return checkCertificates(await readConfiguration({ file: path, extensions: [] }), now);
}

test("certificates that are in order say nothing", async () => {
  assert.deepEqual(await found("a.example, chat.a.example", "a.pem"), { problems: [], warnings: [] });
});

test("a host without a certificate and one that has ended are warnings, with their place", async () => {
  const { problems, warnings } = await found("a.example, b.example", "a.pem", END);
  assert.deepEqual(problems, []);
  assert.equal(warnings.length, 2);
  assert.match(warnings[0]!, /tercet\.yml:2:15: No certificate is for b\.example:/);
  assert.match(warnings[1]!, /tercet\.yml:2:15: The certificate in .*a\.pem ended on 2030-01-31\.$/);
});

test("a certificate without its key is a problem", async () => {
  const { problems } = await found("a.example", "alone.pem");
  assert.match(
    problems.join("\n"),
    /^[^\n]*tercet\.yml:2:15: The certificate in .*alone\.pem .* has no private key/,
  );
});
