import assert from "node:assert/strict";
import { test } from "node:test";
import { beforeLogin } from "./limits.ts";
import { parseElement, parseFrame } from "./parse.ts";

test("one element, in the namespace that it stands in", () => {
  assert.equal(parseElement(" <a/>\n").ns, "");
  assert.equal(parseElement("<a/>", "urn:a").ns, "urn:a");
  assert.equal(parseElement(Buffer.from("<a xmlns='urn:b'>é</a>")).text, "é");
  assert.equal(parseFrame("<a><b/></a>", "urn:a").children[0]?.ns, "urn:a");
});

test("anything else is refused", () => {
  for (const text of [
    "",
    " ",
    "<a>",
    "<a/><b/>",
    "<a/>x",
    "<a/><",
    "x",
    "</a>",
    "<?xml version='1.0'?><a/>",
    "<a>\ud800</a>",
    "<a/><!--x-->",
  ]) {
    assert.throws(() => parseElement(text), { name: "XmlError" }, text);
  }
  assert.throws(() => parseElement(`<a>${"<b/>".repeat(32)}</a>`, "", beforeLogin), {
    condition: "policy-violation",
  });
});
