// Builds the web admin.
//   node web/build.ts [FOLDER]      FOLDER is web/dist/ and the hash of the sources, where the server looks for it

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { sourcesHash } from "../src/server/web-sources.ts";

const root = import.meta.dirname;
const target = resolve(process.argv[2] ?? join(root, "dist", sourcesHash(root)!));

async function viteOrReason(): Promise<typeof import("vite")> {
  try {
    return await import("vite");
  } catch (error) {
    throw new Error(
      `Vite, which builds the pages, is not installed; npm ci without --omit=dev installs it.\n${(error as Error).message}`,
    );
  }
}

async function main(): Promise<void> {
  const { build } = await viteOrReason();
  mkdirSync(dirname(target), { recursive: true });
  // Whoever looks at the same time sees all of it or nothing.
  const unfinished = mkdtempSync(join(dirname(target), ".unfinished-"));
  try {
    await build({
      root,
      base: "/admin/",
      configFile: false,
      envDir: false,
      publicDir: false,
      logLevel: "warn",
      oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
      build: {
        outDir: unfinished,
        emptyOutDir: true,
        assetsInlineLimit: 0,
        cssCodeSplit: false,
        modulePreload: false,
        reportCompressedSize: false,
        target: "es2023",
      },
    });
    // Only its maker may see what mkdtemp makes.
    chmodSync(unfinished, 0o755);
    rmSync(target, { recursive: true, force: true });
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  // Builds of earlier sources are no use to anybody.
  for (const name of readdirSync(dirname(target))) {
    if (/^[0-9a-f]{16}$/.test(name) && name !== basename(target))
      rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
