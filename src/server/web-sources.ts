import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the pages are built of: everything in `web/src`, the page, the script that builds, and which versions of what build with it. */
export function sourcesHash(folder: string): string | undefined {
  try {
    const hash = createHash("sha256");
    const sources = readdirSync(join(folder, "src"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    const others = ["index.html", "build.ts", "../package-lock.json"].map((name) => join(folder, name));
    for (const path of [...sources, ...others]) {
      const text = readFileSync(path);
      hash.update(`${path.slice(folder.length)}\0${text.length}\0`).update(text);
    }
    return hash.digest("hex").slice(0, 16);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
