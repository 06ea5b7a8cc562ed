import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { shellWord } from "./shell-word.ts";

test("what is plain stays so, anything else comes out of a shell as it was", () => {
  for (const plain of ["bin/tercetctl", "/var/lib/tercet", "./dåta", "a-b_c.d"]) {
    assert.equal(shellWord(plain), plain);
  }
  for (const word of ["My Chat/bin", "it's", "a;b", "$HOME", "`x`", "*", "", "~", "a\nb", '"']) {
    assert.equal(execFileSync("/bin/sh", ["-c", `printf %s ${shellWord(word)}`], { encoding: "utf8" }), word);
  }
});
