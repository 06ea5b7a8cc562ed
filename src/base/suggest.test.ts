import assert from "node:assert/strict";
import { test } from "node:test";
import { suggest } from "./suggest.ts";

const names = ["hosts", "admins", "limits", "listen", "log", "registered_users", "register", "unregister"];

test("a slip of the finger finds its name", () => {
  const slips = [
    ["host", "hosts"],
    ["hsots", "hosts"],
    ["HOSTS", "hosts"],
    ["adminss", "admins"],
    ["limit", "limits"],
    ["registered-user", "registered_users"],
    ["regsiter", "register"],
    ["lgo", "log"],
  ];
  for (const [slip, name] of slips) assert.equal(suggest(slip!, names), name);
});

test("what is near nothing finds nothing", () => {
  for (const strange of ["", "modules", "x", "certificates", "h".repeat(100_000)]) {
    assert.equal(suggest(strange, names), undefined, strange.slice(0, 20));
  }
});
