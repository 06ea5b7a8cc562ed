import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Runs `action` on a folder that holds these files, by path, and removes it. */
export function withTree<T>(files: Readonly<Record<string, string>>, action: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), "tree-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return action(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
