// The web admin in a real browser (Debian's Chromium): every step is what an administrator does, and what a client then sees.
//   node test/interop/browser/run.ts      screenshots are kept in dist/screenshots/
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { makeDirectory } from "../../support/process.ts";
import { administration } from "./administration.ts";
import { type Counts, Visit } from "./visit.ts";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const SCREENSHOTS = join(import.meta.dirname, "../../../dist/screenshots");

function installed(): string | undefined {
  return BROWSERS.find((path) => spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0);
}

async function main(): Promise<number> {
  const executablePath = installed();
  if (executablePath === undefined) {
    console.log("skip: there is no Chromium here; apt install chromium\n0 passed, 0 failed");
    return 0;
  }
  rmSync(SCREENSHOTS, { recursive: true, force: true });
  mkdirSync(SCREENSHOTS, { recursive: true });
  const counts: Counts = { passed: 0, failed: 0 };
  const directory = makeDirectory();
  // The sandbox needs rights that a container may not give.
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    await administration(new Visit({ browser, directory, counts, screenshots: SCREENSHOTS }));
  } finally {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  }
  console.log(`screenshots: ${SCREENSHOTS}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

process.exitCode = await main();
