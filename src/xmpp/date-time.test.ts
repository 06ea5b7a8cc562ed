import assert from "node:assert/strict";
import { test } from "node:test";
import { dateTime, parseDateTime } from "./date-time.ts";

test("moments with and without fractions and zones", () => {
  const moments: readonly (readonly [string, number])[] = [
    ["1970-01-01T00:00:00Z", 0],
    ["1969-07-21T02:56:15Z", -14159025000],
    ["1969-07-20T21:56:15-05:00", -14159025000],
    ["2010-07-10T23:08:25.5+01:30", 1278797905500],
    ["2010-07-10T23:08:25.0015Z", 1278803305001.5],
    ["2024-02-29T00:00:00Z", 1709164800000],
    ["0001-01-01T00:00:00Z", -62135596800000],
    ["0000-01-01T00:00:00Z", -62167219200000],
    ["9999-12-31T23:59:59.999Z", 253402300799999],
  ];
  for (const [text, moment] of moments) assert.equal(parseDateTime(text), moment, text);
  assert.equal(parseDateTime(`2010-07-10T23:08:25.${"1".repeat(100_000)}Z`), 1278803305111 + 1 / 9);
});

test("what is no DateTime", () => {
  const broken = [
    "",
    "yesterday",
    "2010-07-10",
    "2010-07-10T23:08:25",
    "2010-07-10 23:08:25Z",
    "2010-07-10t23:08:25z",
    "20100710T23:08:25",
    "2010-07-10T23:08Z",
    "2010-13-10T23:08:25Z",
    "2010-00-10T23:08:25Z",
    "2010-02-29T23:08:25Z",
    "2010-02-00T23:08:25Z",
    "2010-07-10T24:00:00Z",
    "2010-07-10T23:60:25Z",
    "2010-07-10T23:08:60Z",
    "2010-07-10T23:08:25.Z",
    "2010-07-10T23:08:25+24:00",
    "2010-07-10T23:08:25+0100",
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    " 2010-07-10T23:08:25Z",
    "2010-07-10T23:08:25Z\n",
    "٢٠١٠-07-10T23:08:25Z",
  ];
  for (const text of broken) assert.equal(parseDateTime(text), undefined, text);
});

test("what is written can be read", () => {
  const moment = new Date(1278803305001);
  assert.equal(dateTime(moment), "2010-07-10T23:08:25.001Z");
  assert.equal(parseDateTime(dateTime(moment)), moment.getTime());
});
