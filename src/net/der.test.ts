import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boolean,
  DerError,
  integer,
  objectIdentifier,
  octetString,
  readObjectIdentifier,
  readValues,
  sequence,
  tagged,
  time,
} from "./der.ts";

test("lengths are written in the shortest form", () => {
  assert.equal(octetString(Buffer.alloc(3)).toString("hex"), "0403000000");
  assert.deepEqual([...octetString(Buffer.alloc(127)).subarray(0, 2)], [0x04, 0x7f]);
  assert.deepEqual([...octetString(Buffer.alloc(128)).subarray(0, 3)], [0x04, 0x81, 0x80]);
  assert.deepEqual([...octetString(Buffer.alloc(300)).subarray(0, 4)], [0x04, 0x82, 0x01, 0x2c]);
});

test("integers are minimal and never negative", () => {
  assert.equal(integer(Buffer.of(0, 0, 2)).toString("hex"), "020102");
  assert.equal(integer(Buffer.of(0x80)).toString("hex"), "02020080");
  assert.equal(integer(Buffer.of(0)).toString("hex"), "020100");
  assert.equal(integer(Buffer.alloc(0)).toString("hex"), "020100");
});

test("object identifiers go both ways", () => {
  assert.equal(objectIdentifier("1.2.840.113549").toString("hex"), "06062a864886f70d");
  for (const oid of ["2.5.29.17", "1.2.840.10045.4.3.2", "0.9.2342", "2.999.1", "1.3.6.1.5.5.7.3.1"]) {
    assert.equal(readObjectIdentifier(readValues(objectIdentifier(oid))[0]!.content), oid);
  }
});

test("times change their form in 2050", () => {
  assert.equal(
    time(Date.UTC(2049, 11, 31, 23, 59, 59))
      .subarray(2)
      .toString(),
    "491231235959Z",
  );
  assert.equal(
    time(Date.UTC(2050, 0, 1))
      .subarray(2)
      .toString(),
    "20500101000000Z",
  );
  assert.equal(time(Date.UTC(2050, 0, 1))[0], 0x18);
});

test("values are read back, and anything that does not fit is refused", () => {
  const bytes = sequence(boolean(true), octetString(Buffer.alloc(300, 7)));
  const [outer] = readValues(bytes);
  const [first, second] = readValues(outer!.content);
  assert.equal(first?.content[0], 0xff);
  assert.equal(second?.content.length, 300);
  for (const broken of [
    bytes.subarray(0, -1),
    Buffer.of(0x30),
    Buffer.of(0x30, 0x80, 0, 0),
    Buffer.of(0x30, 0x85, 1, 1, 1, 1, 1),
    Buffer.of(0x30, 0x82, 1),
    tagged(0x3f, Buffer.alloc(1)),
  ]) {
    assert.throws(() => readValues(broken), DerError);
  }
});
