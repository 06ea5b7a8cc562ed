import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

function run(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** A file system of its own for one test, small enough to be filled. Mounting needs the right to do so. */
export class SmallDisk implements Disposable {
  readonly directory: string;
  readonly #image: string | undefined;

  private constructor(directory: string, image: string | undefined) {
    this.directory = directory;
    this.#image = image;
  }

  /** In memory; undefined where it may not be mounted. */
  static inMemory(mebibytes: number): SmallDisk | undefined {
    const directory = mkdtempSync(join(tmpdir(), "tercet-disk-"));
    if (run("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", directory))
      return new SmallDisk(directory, undefined);
    rmdirSync(directory);
    return undefined;
  }

  /** ext4 in a file, which can be made to fail under those who write to it; undefined where that may not be mounted. */
  static ext4(mebibytes: number): SmallDisk | undefined {
    const directory = mkdtempSync(join(tmpdir(), "tercet-disk-"));
    const image = `${directory}.image`;
    writeFileSync(image, "");
    truncateSync(image, mebibytes * 1024 * 1024);
    if (run("mkfs.ext4", "-q", "-F", image) && run("mount", "-o", "loop", image, directory))
      return new SmallDisk(directory, image);
    rmSync(image);
    rmdirSync(directory);
    return undefined;
  }

  /** Takes all the space that is left, but for so many bytes. */
  fill(left = 0): void {
    const { bavail, bsize } = statfsSync(this.directory);
    const ballast = Buffer.alloc(bsize * 64);
    for (let rest = bavail * bsize - left; rest > 0; rest -= ballast.length) {
      try {
        const piece = ballast.subarray(0, Math.min(rest, ballast.length));
        writeFileSync(join(this.directory, "ballast"), piece, { flag: "a" });
      } catch {
        return;
      }
    }
  }

  free(): void {
    rmSync(join(this.directory, "ballast"), { force: true });
  }

  get filled(): boolean {
    return existsSync(join(this.directory, "ballast"));
  }

  /** The disk fails: from now on it is read-only, as after an error of the hardware. Only for ext4; `repair` mends it. */
  fail(): void {
    if (!run("mount", "-o", "remount,abort", this.directory))
      throw new Error("the disk cannot be made to fail");
  }

  /** What an administrator does with the server stopped: checks the disk, and mounts it again. */
  repair(): void {
    if (this.#image === undefined) throw new Error("this disk has no image");
    if (!run("umount", this.directory)) throw new Error("the disk is in use");
    spawnSync("e2fsck", ["-p", this.#image], { stdio: "ignore" });
    if (!run("mount", "-o", "loop", this.#image, this.directory)) throw new Error("the disk stays broken");
  }

  readOnly(): void {
    if (!run("mount", "-o", "remount,ro", this.directory)) throw new Error("the disk is in use");
  }

  [Symbol.dispose](): void {
    run("umount", this.directory);
    rmdirSync(this.directory);
    if (this.#image !== undefined) rmSync(this.#image);
  }
}

/** For the option `skip` of a test: why there is no such disk here, false when there is. */
export function lacks(kind: "inMemory" | "ext4"): string | false {
  using disk = SmallDisk[kind](kind === "ext4" ? 8 : 1);
  return disk === undefined && "no file system can be mounted here";
}
