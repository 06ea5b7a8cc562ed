// How often the bytes of an input are looked at, counted, not timed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ElementReader } from "./element-reader.ts";
import { InputBuffer } from "./input-buffer.ts";
import { clientSession, type XmlLimits } from "./limits.ts";
import { emptyScope } from "./scope.ts";

const ROOMY: XmlLimits = { ...clientSession, bytes: 1 << 22, elements: 1 << 20 };

/** Counts reads of single bytes, and the length of what is decoded. */
function counting(target: Buffer): { buffer: Buffer; reads: () => number } {
  let reads = 0;
  const buffer = new Proxy(target, {
    get(_, property) {
      if (property === "toString") {
        return (encoding: BufferEncoding, start: number, end: number): string => {
          reads += end - start;
          return target.toString(encoding, start, end);
        };
      }
      reads++;
      return Reflect.get(target, property, target) as unknown;
    },
  });
  return { buffer, reads: () => reads };
}

interface Work {
  readonly reads: number;
  readonly length: number;
}

/** How often bytes of the input are read when it arrives in pieces of `step`, and its length. */
function work(text: string, step: number): Work {
  const input = Buffer.from(text);
  const { buffer, reads } = counting(input);
  const reader = new ElementReader(ROOMY);
  reader.begin(ROOMY, emptyScope, 0, false);
  let at = 1;
  for (let stop = 1; stop <= input.length; stop = Math.min(stop + step, input.length)) {
    at = reader.read(buffer, at, stop);
    if (stop === input.length) break;
  }
  assert.ok(reader.done, "the input is one element");
  return { reads: reads(), length: input.length };
}

const repeat = (count: number, part: (k: number) => string): string =>
  Array.from({ length: count }, (_, k) => part(k)).join("");

/** Inputs that grow with `n`, and how often a byte may be read at the most. */
const INPUTS: Readonly<Record<string, readonly [(n: number) => string, number]>> = {
  text: [(n) => `<a>${repeat(n, () => "hello wörld &amp; &#x41; 👋")}</a>`, 6],
  "white space": [(n) => `<a>${" \n".repeat(n * 8)}</a>`, 4],
  sections: [(n) => `<a>${repeat(n, () => "<![CDATA[ ]]]]>")}</a>`, 14],
  elements: [(n) => `<a>${repeat(n, () => "<b c='d'><e f='g'/></b>")}</a>`, 12],
  "long value": [(n) => `<a b='${"x".repeat(n * 10)}'/>`, 4],
  "tag full of space": [(n) => `<a${" ".repeat(n * 10)}></a${" ".repeat(n * 10)}>`, 4],
  "64 attributes": [
    (n) => `<a>${repeat(n >> 3, () => `<b${repeat(64, (k) => ` a${k + 10}=''`)}/>`)}</a>`,
    70,
  ],
  "64 long attributes": [
    (n) => `<a>${repeat(n >> 6, () => `<b${repeat(64, (k) => ` ${"a".repeat(40)}${k + 10}=''`)}/>`)}</a>`,
    70,
  ],
  "prefixed attributes under long namespaces": [
    (n) =>
      `<a${repeat(64, (k) => ` xmlns:p${k + 10}='${"u".repeat(100)}${k + 10}'`)}>${repeat(n >> 4, () => `<b${repeat(64, (k) => ` p${k + 10}:a=''`)}/>`)}</a>`,
    // Each of 64 attributes is compared with all others and looked up among 64 declarations, never with the names of namespaces.
    60,
  ],
};

for (const [name, [make, most]] of Object.entries(INPUTS)) {
  test(`${name}: twice the input costs twice the work, one byte at a time too`, () => {
    for (const step of [1 << 22, 1]) {
      const [small, middle, large] = [64, 320, 640].map((n) => work(make(n), step)) as [Work, Work, Work];
      const first = (middle.reads - small.reads) / (middle.length - small.length);
      const second = (large.reads - middle.reads) / (large.length - middle.length);
      assert.ok(second < most, `${second} reads of each byte in pieces of ${step}`);
      assert.ok(second < first * 1.2, `${first} reads per byte, then ${second}`);
    }
  });
}

test("input that arrives byte by byte is copied a constant number of times", () => {
  const input = new InputBuffer();
  let copied = 0;
  const total = 300_000;
  for (let k = 0; k < total; k++) {
    const before = input.bytes;
    input.push(Buffer.from([k & 255]), 0);
    input.keep(0);
    if (input.bytes !== before) copied += input.end;
  }
  assert.equal(input.end, total);
  assert.ok(copied < total * 3, `${copied} bytes copied of ${total}`);
  for (let k = 0; k < total; k += 997) assert.equal(input.bytes[k], k & 255);
});
