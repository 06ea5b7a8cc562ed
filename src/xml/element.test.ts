import assert from "node:assert/strict";
import { test } from "node:test";
import { Element, element } from "./element.ts";

test("children are found by name, in the element's own namespace unless another is asked for", () => {
  const tree = element(
    "message",
    "jabber:client",
    { to: "a", from: undefined },
    element("x", "urn:x"),
    element("x", "jabber:client"),
    undefined,
    element("body", "jabber:client", {}, "hi"),
  );
  assert.equal(tree.child("x")?.ns, "jabber:client");
  assert.equal(tree.child("x", "urn:x")?.ns, "urn:x");
  assert.equal(tree.child("y"), undefined);
  assert.equal(tree.child("body")?.text, "hi");
  assert.deepEqual([...tree.attributes], [["to", "a"]]);
  assert.deepEqual(
    tree.elements().map(({ name }) => name),
    ["x", "x", "body"],
  );
});

test("text is joined", () => {
  const tree = element("a", "", undefined, "x", "", "y", element("b", ""), "z");
  assert.deepEqual(tree.children.length, 3);
  assert.equal(tree.text, "xyz");
  assert.equal(element("a", "").text, "");
  assert.equal(element("a", "", {}, element("b", "", {}, "x")).text, "");
  assert.equal(new Element("a", "", new Map(), ["x"]).text, "x");
});

test("names come from code, so a wrong one is a fault there", () => {
  for (const name of ["", "a b", "1a", "a:b", "<a", "a>"])
    assert.throws(() => element(name, ""), TypeError, name);
  for (const name of ["", "a b", "xmlns", "p:a", "{}a", "a='"])
    assert.throws(() => element("a", "", { [name]: "x" }), TypeError, name);
  assert.deepEqual(
    [...element("a", "", { "xml:lang": "en", "{urn:x}y": "z" }).attributes.keys()],
    ["xml:lang", "{urn:x}y"],
  );
});
