import assert from "node:assert/strict";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { ConfigurationConflict, ConfigurationError } from "../kernel/configuration-control.ts";
import { ConfigurationFile } from "./configuration-file.ts";

const TEXT = `# The server of our school.
hosts:
  - school.example # since 2019
admins: [head@school.example]

limits:
  client: { resources: 5 } # phones, tablets
`;

let folder = "";
let file = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "tercet-file-"));
  file = join(folder, "tercet.yml");
});
beforeEach(() => writeFileSync(file, TEXT));
after(() => rmSync(folder, { recursive: true }));

test("what is set and removed leaves comments and everything else as they are", () => {
  const edited = ConfigurationFile.open(file);
  assert.equal(edited.edited, TEXT, "nothing is changed by looking at it");
  edited.set(["admins", 1], "deputy@school.example");
  edited.set(["limits", "client", "resources"], 8);
  edited.set(["hosts", 0], "school.test");
  assert.equal(edited.remove(["limits", "before_login"]), false);
  assert.equal(
    edited.edited,
    `# The server of our school.
hosts:
  - school.test # since 2019
admins: [ head@school.example, deputy@school.example ]

limits:
  client: { resources: 8 } # phones, tablets
`,
  );
  edited.set(["log", "level"], "warn");
  edited.set(["acl"], { pupils: { user_glob: "pupil*" } });
  assert.match(
    edited.edited,
    /school\.test # since 2019\n[\s\S]*# phones, tablets\nlog:\n {2}level: warn\nacl:\n {2}pupils:\n {4}user_glob: pupil\*\n$/,
  );
  assert.equal(edited.remove(["limits"]), true);
  assert.doesNotMatch(edited.edited, /limits/);
  assert.equal(edited.text, TEXT);
});

test("an empty file gets what is set", () => {
  writeFileSync(file, "# nothing yet\n");
  const edited = ConfigurationFile.open(file);
  edited.set(["hosts"], ["example.org"]);
  assert.equal(edited.edited, "# nothing yet\n\nhosts:\n  - example.org\n");
});

test("writing keeps permissions and links, and leaves nothing else behind", () => {
  chmodSync(file, 0o640);
  const link = join(folder, "link.yml");
  symlinkSync(file, link);
  const opened = ConfigurationFile.open(link);
  const takeBack = opened.write("hosts: [new.example]\n");
  assert.equal(readFileSync(file, "utf8"), "hosts: [new.example]\n");
  assert.equal(readFileSync(link, "utf8"), "hosts: [new.example]\n");
  assert.equal(statSync(file).mode & 0o777, 0o640);
  assert.notEqual(ConfigurationFile.open(file).version, opened.version);
  takeBack();
  assert.equal(readFileSync(file, "utf8"), TEXT);
  assert.equal(ConfigurationFile.open(file).version, opened.version);
  assert.deepEqual(readdirSync(folder).sort(), ["link.yml", "tercet.yml"]);
  rmSync(link);
});

test("a file that somebody else has changed meanwhile is left alone", () => {
  const opened = ConfigurationFile.open(file);
  writeFileSync(file, `${TEXT}# mine\n`);
  assert.throws(() => opened.write("hosts: [a.example]\n"), ConfigurationConflict);
  assert.equal(readFileSync(file, "utf8"), `${TEXT}# mine\n`);
});

test("a file that is not there, and a folder that takes no file", {
  skip: process.getuid?.() === 0 && "root writes everywhere",
}, () => {
  const opened = ConfigurationFile.open(file);
  chmodSync(folder, 0o500);
  try {
    assert.throws(() => opened.write("hosts: [a.example]\n"), ConfigurationError);
  } finally {
    chmodSync(folder, 0o700);
  }
});

test("a file that is not there", () => {
  assert.throws(
    () => ConfigurationFile.open(join(folder, "missing.yml")),
    /missing\.yml: The file cannot be read/,
  );
});
