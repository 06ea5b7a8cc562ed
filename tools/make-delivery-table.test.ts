import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deliveryPage, main } from "./make-delivery-table.ts";

test("a row becomes a line, a choice a note that is written once", () => {
  const choice = "So it is.";
  const fate = {
    none: "store",
    one: "deliver a",
    equal: "deliver a b",
    different: "deliver a",
    negative: "ignore",
    connected: "error gone",
  } as const;
  const page = deliveryPage(
    [
      { to: "other bare", stanzas: ["message chat", "message normal"], clause: "RFC 1 §2", choice, fate },
      { to: "host", stanzas: ["message chat"], clause: "RFC 1 §3", choice, fate: "error gone" },
      { to: "no to", stanzas: ["presence probe"], clause: "RFC 1 §4", fate: "presence of a b" },
    ],
    [],
  );
  assert.match(
    page,
    /\n\| another account's bare JID \| chat, normal \| kept \| → a \| → a b \| → a \| silence \| `gone` \| RFC 1 §2 \(1\) \|\n/,
  );
  assert.match(page, /\n\| the host \| chat \| `gone` \| RFC 1 §3 \(1\) \|\n/);
  assert.match(page, /\n\| without `to` \| probe \| ← a b \| RFC 1 §4 \|\n/);
  assert.equal(page.split(choice).length, 2);
});

test("the check refuses a page that is missing or stale, and writes nothing", (t) => {
  const said = t.mock.method(console, "log", () => {});
  const root = mkdtempSync(join(tmpdir(), "tercet-delivery-"));
  const page = join(root, "docs/reference/delivery.md");
  mkdirSync(join(root, "docs/reference"), { recursive: true });
  try {
    assert.equal(main(root, true), 1);
    assert.match(String(said.mock.calls.at(-1)?.arguments), /delivery\.md: stale, run node tools/);
    assert.equal(main(root, false), 0);
    assert.equal(main(root, true), 0);
    assert.doesNotMatch(readFileSync(page, "utf8"), /undefined|\[object/);
    writeFileSync(page, "old\n");
    assert.equal(main(root, true), 1);
    assert.equal(readFileSync(page, "utf8"), "old\n");
  } finally {
    rmSync(root, { recursive: true });
  }
});
