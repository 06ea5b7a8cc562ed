import assert from "node:assert/strict";
import { test } from "node:test";
import { parseElement } from "../../xml/parse.ts";
import { serialize } from "../../xml/writer.ts";
import { isFieldName, textsOf, withTexts } from "./vcard-fields.ts";

const card = parseElement(
  "<vCard xmlns='vcard-temp'><FN>Romeo</FN><N><FAMILY>Montague</FAMILY></N>" +
    "<TEL><HOME/><NUMBER>1</NUMBER></TEL><TEL><CELL/><NUMBER>2</NUMBER></TEL>" +
    "<ORG><ORGNAME>M</ORGNAME><ORGUNIT>a</ORGUNIT><ORGUNIT>b</ORGUNIT></ORG></vCard>",
);

const show = (name: string, part: string | undefined, ...texts: string[]): string =>
  serialize(withTexts(card, name, part, texts), "vcard-temp").replace(/^<vCard[^>]*>|<\/vCard>$/g, "");

test("fields are read by their name, their part, and telephones by their kind", () => {
  assert.deepEqual(textsOf(card, "FN"), ["Romeo"]);
  assert.deepEqual(textsOf(card, "N", "FAMILY"), ["Montague"]);
  assert.deepEqual(textsOf(card, "TEL", "CELL"), ["2"]);
  assert.deepEqual(textsOf(card, "TEL", "NUMBER"), ["1", "2"]);
  assert.deepEqual(textsOf(card, "ORG", "ORGUNIT"), ["a", "b"]);
  assert.deepEqual(textsOf(card, "NICKNAME"), []);
  assert.deepEqual(textsOf(card, "N", "GIVEN"), []);
});

test("a change replaces what it names and leaves the rest", () => {
  assert.match(show("FN", undefined, "R"), /^<FN>R<\/FN><N>/);
  assert.match(show("NICKNAME", undefined, "Ro"), /<\/ORG><NICKNAME>Ro<\/NICKNAME>$/);
  assert.match(show("FN", undefined), /^<N>/);
  assert.match(show("N", "GIVEN", "Romeo"), /<N><FAMILY>Montague<\/FAMILY><GIVEN>Romeo<\/GIVEN><\/N>/);
  assert.doesNotMatch(show("N", "FAMILY"), /<N>/);
  assert.match(
    show("TEL", "CELL", "3"),
    /<NUMBER>1<\/NUMBER><\/TEL><TEL><CELL\/><NUMBER>3<\/NUMBER><\/TEL><ORG>/,
  );
  assert.match(show("TEL", "WORK", "4"), /<TEL><WORK\/><NUMBER>4<\/NUMBER><\/TEL>$/);
  assert.match(
    show("ORG", "ORGUNIT", "x", "y", "z"),
    /<ORGNAME>M<\/ORGNAME>(<ORGUNIT>[xyz]<\/ORGUNIT>){3}<\/ORG>/,
  );
  assert.match(show("ADR", "LOCALITY", "Verona"), /<ADR><LOCALITY>Verona<\/LOCALITY><\/ADR>$/);
});

test("names of fields", () => {
  for (const name of ["FN", "EMAIL", "X-MY"]) assert.ok(isFieldName(name), name);
  for (const name of ["", "fn", "A B", "<", "1A"]) assert.equal(isFieldName(name), false, name);
});
