import assert from "node:assert/strict";
import { test } from "node:test";
import { RosterHistory } from "./roster-history.ts";

const epoch = (): string => "abcd-";

test("a roster that was never changed has a version too", () => {
  const history = new RosterHistory();
  assert.equal(history.ver(), "0");
  assert.equal(history.read("0"), 0);
  for (const ver of ["", "1", "abcd-0", "00", "-1", "0 "]) assert.equal(history.read(ver), undefined, ver);
});

test("versions grow, and those of another roster of the same account are not taken for its own", () => {
  let history = new RosterHistory().after("a@h", false, epoch);
  assert.equal(history.ver(), "abcd-1");
  history = history.after("b@h", false, () => "never-");
  assert.equal(history.ver(), "abcd-2");
  assert.equal(history.read("abcd-1"), 1);
  assert.equal(history.read("abcd-2"), 2);
  for (const ver of ["abcd-3", "wxyz-1", "1", "0", "abcd-01", "abcd-", "abcd-1e0", "abcd-999999999999999999"])
    assert.equal(history.read(ver), undefined, ver);
  assert.equal(new RosterHistory(history.stored).read("abcd-2"), 2, "also after it was stored");
});

test("removals are remembered until the contact is back", () => {
  let history = new RosterHistory().after("a@h", false, epoch).after("a@h", true, epoch);
  assert.deepEqual(history.stored.removed, [["a@h", 2]]);
  history = history.after("b@h", true, epoch).after("a@h", true, epoch);
  assert.deepEqual(history.stored.removed, [
    ["b@h", 3],
    ["a@h", 4],
  ]);
  history = history.after("b@h", false, epoch);
  assert.deepEqual(history.stored.removed, [["a@h", 4]]);
});

test("after many removals, who has missed a forgotten one gets everything", () => {
  let history = new RosterHistory();
  for (let n = 1; n <= 103; n++) history = history.after(`c${n}@h`, true, epoch);
  assert.equal(history.stored.removed.length, 100);
  assert.equal(history.stored.forgotten, 3);
  assert.equal(history.read("abcd-2"), undefined);
  assert.equal(history.read("abcd-3"), 3);
});
