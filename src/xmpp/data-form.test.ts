import assert from "node:assert/strict";
import { test } from "node:test";
import { parseElement } from "../xml/parse.ts";
import { serialize } from "../xml/writer.ts";
import { emptyForm, formField, submittedValues } from "./data-form.ts";

const TYPE = "<field var='FORM_TYPE'><value>u:t</value></field>";
const read = (content: string, type = "submit"): object => {
  const form = parseElement(Buffer.from(`<x xmlns='jabber:x:data' type='${type}'>${content}</x>`));
  return Object.fromEntries(submittedValues(form, "u:t"));
};

test("values of a submitted form", () => {
  assert.deepEqual(read(TYPE), {});
  assert.deepEqual(
    read(
      `<field var='a' type='x'><value>1</value><value/><other/></field><field var='b'/><title/>${TYPE}<field xmlns='u:x' var='c'/>`,
    ),
    { a: ["1", ""], b: [] },
  );
  assert.deepEqual(read(`${TYPE}<field var='__proto__'><value>1</value></field>`), { ["__proto__"]: ["1"] });
});

test("what is not a submitted form of the type", () => {
  const broken = [
    "",
    "<field var='FORM_TYPE'><value>u:other</value></field>",
    "<field var='FORM_TYPE'/>",
    "<field var='FORM_TYPE'><value>u:t</value><value>u:t</value></field>",
    `${TYPE}${TYPE}`,
    `${TYPE}<field><value>1</value></field>`,
    `${TYPE}<field var='a'/><field var='a'/>`,
  ];
  for (const content of broken) assert.throws(() => read(content), { condition: "bad-request" }, content);
  for (const type of ["form", "cancel", "result", ""])
    assert.throws(() => read(TYPE, type), { condition: "bad-request" }, type);
});

test("a form to be filled in", () => {
  assert.equal(
    serialize(emptyForm("u:t", formField("a", "boolean")), "jabber:x:data"),
    "<x type='form'><field var='FORM_TYPE' type='hidden'><value>u:t</value></field><field var='a' type='boolean'/></x>",
  );
});
