import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeDirectory, Program } from "../support/process.ts";

// What scripts for ejabberdctl do, with the program under that name.

test("called as ejabberdctl it starts the server in the background, waits for it and stops it", async () => {
  const directory = makeDirectory();
  const ctl = (...words: string[]): Promise<{ code: number | null; out: string }> =>
    new Program("ejabberdctl", ["--config", join(directory, "tercet.yml"), ...words]).ended;
  try {
    assert.equal((await ctl("status")).code, 3);
    assert.deepEqual(await ctl("start"), { code: 0, signal: null, out: "" });
    assert.deepEqual(await ctl("started"), { code: 0, signal: null, out: "" });
    assert.match(
      (await ctl("status")).out,
      /is started with status: started\ntercet .* is running in that node\n$/,
    );
    assert.equal((await ctl("start")).code, 4);
    const log = join(directory, "data", "tercet.log");
    assert.match(readFileSync(log, "utf8"), /is ready in/);
    assert.equal(statSync(log).mode & 0o777, 0o600);
    assert.equal((await ctl("stop")).code, 0);
    assert.equal((await ctl("stopped")).code, 0);
    assert.equal((await ctl("status")).code, 3);
  } finally {
    await ctl("stop");
    rmSync(directory, { recursive: true });
  }
});

test("foreground and live run it until it is told to end", async () => {
  const directory = makeDirectory();
  try {
    for (const word of ["foreground", "live"]) {
      const program = new Program("ejabberdctl", ["--config", join(directory, "tercet.yml"), word]);
      await program.says(/is ready in/);
      program.kill("SIGTERM");
      assert.equal((await program.ended).code, 0, program.out);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
