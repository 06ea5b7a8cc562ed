// What has to hold for every document: writing and reading again changes nothing, an index tells what the tree tells, and a
// frame that says it is plain can be moved as it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Element } from "../../src/xml/element.ts";
import type { Frame } from "../../src/xml/frame.ts";
import { stored } from "../../src/xml/limits.ts";
import { parseElement } from "../../src/xml/parse.ts";
import { Scanner, Workspaces } from "../../src/xml/scanner.ts";
import { serialize } from "../../src/xml/writer.ts";
import { XmlError } from "../../src/xml/xml-error.ts";
import { attributesOf } from "../support/attributes-of.ts";
import { Chance, CONTENT_NS, spoil, XmlGenerator } from "../support/xml-generator.ts";

const ELSEWHERE = "urn:elsewhere";

/** The elements of `count` generated streams, some of which end in an error. */
function* frames(seed: number, count: number): Generator<Frame, void> {
  const chance = new Chance(seed);
  const generator = new XmlGenerator(chance);
  const workspaces = new Workspaces();
  for (let k = 0; k < count; k++) {
    const scanner = new Scanner(stored, workspaces);
    const made = Buffer.from(generator.stream(1 + chance.below(4)));
    scanner.push(chance.oneIn(4) ? spoil(chance, made) : made);
    try {
      for (let event = scanner.next(); event !== undefined; event = scanner.next()) {
        // The fault may be in the header.
        if (event.kind === "open" && event.header.contentNs !== CONTENT_NS) break;
        if (event.kind === "element") yield event.frame;
      }
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
    }
  }
}

/** The element as it would be if `from` were called `to`. */
function renamed(element: Element, from: string, to: string): Element {
  const children = element.children.map((child) =>
    typeof child === "string" ? child : renamed(child, from, to),
  );
  return new Element(element.name, element.ns === from ? to : element.ns, element.attributes, children);
}

test("reading what was written gives the same tree, in whatever scope it stands", () => {
  let count = 0;
  for (const frame of frames(1, 3000)) {
    const tree = frame.element();
    for (const ns of [tree.ns, "", CONTENT_NS, ELSEWHERE]) {
      const text = serialize(tree, ns);
      assert.deepEqual(parseElement(text, ns), tree, text);
      assert.equal(serialize(parseElement(text, ns), ns), text);
    }
    count++;
  }
  assert.ok(count > 3000);
});

test("a frame's index agrees with its tree", () => {
  for (const frame of frames(2, 5000)) {
    const tree = frame.element();
    const label = frame.bytes.toString();
    assert.deepEqual([frame.name, frame.ns], [tree.name, tree.ns], label);
    const elements = tree.elements();
    assert.deepEqual(
      frame.children.map(({ name, ns }) => [name, ns]),
      elements.map(({ name, ns }) => [name, ns]),
      label,
    );
    for (const [name, value] of attributesOf(frame)) assert.equal(frame.attribute(name), value, label);
    const unprefixed = attributesOf(frame).filter(([name]) => !name.includes(":"));
    for (const [name, value] of unprefixed) assert.equal(tree.attr(name), value, label);
    assert.equal(attributesOf(frame).length, tree.attributes.size, label);
    if (/[^ \t\r\n]/.test(tree.text)) assert.equal(frame.text, true, label);
    for (const { start, end } of frame.children) {
      assert.equal(frame.bytes[start], 0x3c, label);
      assert.equal(frame.bytes[end - 1], 0x3e, label);
    }
  }
});

test("what stands inside a plain frame means the same elsewhere", () => {
  const counts = { plain: 0, other: 0 };
  for (const frame of frames(3, 8000)) {
    if (!frame.plain) {
      counts.other++;
      continue;
    }
    counts.plain++;
    const tree = frame.element();
    const label = frame.bytes.toString();
    assert.equal(frame.ns, CONTENT_NS, label);
    const inner = frame.bytes.subarray(frame.innerStart, frame.innerEnd);
    const moved = parseElement(Buffer.concat([Buffer.from("<r>"), inner, Buffer.from("</r>")]), ELSEWHERE);
    assert.deepEqual(moved.children, renamed(tree, CONTENT_NS, ELSEWHERE).children, label);
    const parts = frame.children.map(({ start, end }) =>
      parseElement(frame.bytes.subarray(start, end), ELSEWHERE),
    );
    assert.deepEqual(parts, moved.elements(), label);
    for (const [name] of attributesOf(frame))
      assert.ok(!name.includes(":") || name.startsWith("xml:"), label);
  }
  assert.ok(counts.plain > 1000 && counts.other > 1000, JSON.stringify(counts));
});
