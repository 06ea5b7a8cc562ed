import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { prepareDomain } from "../../../src/xmpp/idna.ts";
import { decodePunycode, encodePunycode } from "../../../src/xmpp/idna-punycode.ts";
import { Jid } from "../../../src/xmpp/jid.ts";
import { prepareLocalpart, preparePassword, registrableLocalpart } from "../../../src/xmpp/precis.ts";

/** A file of vectors: `expect` is the prepared form, or null where `input` is refused. */
interface Vectors {
  readonly source: string;
  readonly kind: string;
  readonly cases: readonly {
    readonly about: string;
    readonly input: string;
    readonly expect: string | null;
  }[];
}

const prepare: Readonly<Record<string, (text: string) => string | undefined>> = {
  jid: (text) => Jid.parse(text)?.toString(),
  domain: prepareDomain,
  localpart: prepareLocalpart,
  password: preparePassword,
  registrable: registrableLocalpart,
  punycode: encodePunycode,
};

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".json"));

for (const file of files) {
  const vectors: Vectors = JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, "utf8"));
  const run = prepare[vectors.kind]!;
  test(`${vectors.source} (${file})`, async (t) => {
    for (const { about, input, expect } of vectors.cases) {
      await t.test(about, () => {
        assert.equal(run(input), expect ?? undefined);
        if (expect === null) return;
        if (vectors.kind === "punycode") assert.equal(decodePunycode(expect), input);
        else assert.equal(run(expect), expect, "a prepared form is its own prepared form");
      });
    }
  });
}

test("there are vectors of every kind", () => {
  const kinds = files.map((file) => JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, "utf8")).kind);
  assert.deepEqual([...new Set(kinds)].sort(), Object.keys(prepare).sort());
});
