// Holds the list of attacks together: each row is shown by data, code or a test elsewhere, or waits for something that is not there.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Capabilities, capabilities, type Deferred, isThere, readDeferred } from "./capabilities.ts";
import { codes } from "./code.ts";
import { readRows } from "./row.ts";

/** Numbers of the rows of each section; they are not contiguous. */
const SECTIONS: Readonly<Record<string, string>> = {
  A: "01 03-12 14 15 17-26 28-34 36-40",
  B: "02-08 10-12",
  C: "02-07 09-14 16-20 22-25",
  D: "01 03-06 08-11 13-28",
  E: "01-05 07 08",
  F: "01-06 08 09 11-21",
  G: "01-04 06-14",
  H: "01 03-12",
  I: "01-14 16-28",
};

const catalogue = Object.entries(SECTIONS).flatMap(([section, numbers]) =>
  numbers.split(" ").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number) as [number, number?];
    return Array.from(
      { length: last - first + 1 },
      (_, index) => `${section}${String(first + index).padStart(2, "0")}`,
    );
  }),
);

const due = (deferred: readonly Deferred[], there: Capabilities): string[] =>
  deferred.flatMap(({ id, part, waitsFor }) =>
    waitsFor
      .filter((wanted) => isThere(wanted, there))
      .map(
        (wanted) =>
          `${id}${part === undefined ? "" : ` (${part})`} waits for ${wanted}, which is there: show it in rows/`,
      ),
  );

test("each row of the list has its place, and no other is there", () => {
  const placed = new Set([...readRows(), ...readDeferred()].map(({ id }) => id));
  assert.deepEqual([...placed].toSorted(), catalogue.toSorted());
});

test("rows have different ids, and what they refer to exists", () => {
  const rows = readRows();
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  for (const { id, code, elsewhere } of rows) {
    for (const name of code) assert.ok(codes.has(name), `${id}: there is no code ${name}`);
    for (const path of elsewhere)
      assert.ok(existsSync(join(import.meta.dirname, "../..", path)), `${id}: ${path}`);
  }
  const used = new Set(rows.flatMap(({ code }) => code));
  assert.deepEqual(
    [...codes.keys()].filter((name) => !used.has(name)),
    [],
    "code that no row calls",
  );
});

test("a row without a part that waits is not shown yet, one with a part is", () => {
  const shown = new Set(readRows().map(({ id }) => id));
  for (const { id, part, waitsFor } of readDeferred()) {
    assert.equal(shown.has(id), part !== undefined, id);
    assert.notEqual(waitsFor.length, 0, id);
  }
});

test("what rows wait for is not there", async () => {
  const there = await capabilities();
  // What is there for certain is seen, or the test could not fail.
  for (const known of [
    "feature jabber:iq:roster",
    "feature urn:ietf:params:xml:ns:xmpp-bind",
    "feature urn:ietf:params:xml:ns:xmpp-sasl",
    "feature http://jabber.org/protocol/disco#info",
    "mechanism SCRAM-SHA-256",
    "listener client_tls",
    "extension roster",
    "command register",
    "package yaml",
    "path src/xml/",
  ]) {
    assert.deepEqual(due([{ id: "X", waitsFor: [known] }], there).length, 1, known);
  }
  assert.throws(() => isThere("sunshine today", there), /is no capability/);
  assert.deepEqual(due(readDeferred(), there), []);
});
