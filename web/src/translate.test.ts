import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "./catalogue-en.ts";
import { pl } from "./catalogue-pl.ts";
import { type Key, translate } from "./translate.ts";

/** "{a} {b|one: x}" needs the values a and b. */
function valuesOf(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name!).sort();
}

test("values take their places, and one that is missing leaves nothing", () => {
  assert.equal(translate("{a} of {b}", { a: 1, b: "two" }, "en"), "1 of two");
  assert.equal(translate("{a}.", {}, "en"), ".");
  assert.equal(translate("{a}", { a: "{b}" }, "en"), "{b}");
});

test("numbers choose the form of the word", () => {
  const forms = "{n|one: sesja|few: sesje|many: sesji|other: sesji}";
  const shown = (lang: "en" | "pl", text: string): readonly string[] =>
    [0, 1, 2, 5, 22, 25].map((n) => translate(text, { n }, lang));
  assert.deepEqual(shown("pl", forms), ["0 sesji", "1 sesja", "2 sesje", "5 sesji", "22 sesje", "25 sesji"]);
  assert.deepEqual(shown("en", "{n|one: user|other: users}"), [
    "0 users",
    "1 user",
    "2 users",
    "5 users",
    "22 users",
    "25 users",
  ]);
});

test("the Polish catalogue has every text, with the same values and every form", () => {
  assert.deepEqual(Object.keys(pl), Object.keys(en));
  for (const [key, text] of Object.entries(en)) {
    const other = pl[key as Key];
    assert.notEqual(other, "", key);
    assert.deepEqual(valuesOf(other), valuesOf(text), key);
    for (const [, forms] of other.matchAll(/\{\w+((?:\|[^|}]*)+)\}/g)) {
      const names = forms!.split("|").map((form) => form.split(":")[0]!);
      for (const category of ["one", "few", "many", "other"])
        assert.ok(names.includes(category), `${key} ${category}`);
    }
  }
});
