import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConfigurationConflict, ConfigurationError } from "../kernel/configuration-control.ts";
import type { Path } from "../kernel/option-types.ts";
import { removeFromText, setInText } from "./configuration-source.ts";

/** A configuration file that is being edited: comments and everything that is not changed stay as they are. */
export class ConfigurationFile {
  /** Where the bytes are: the end of a chain of links, which stay links. */
  readonly path: string;
  /** As it was read. */
  readonly text: string;
  /** Of what was read. */
  readonly version: string;
  #edited: string;

  private constructor(path: string, bytes: Buffer) {
    this.path = path;
    this.text = bytes.toString("utf8");
    this.version = versionOf(bytes);
    this.#edited = this.text;
  }

  /** @throws ConfigurationError when it cannot be read */
  static open(file: string): ConfigurationFile {
    try {
      const path = realpathSync(file);
      return new ConfigurationFile(path, readFileSync(path));
    } catch (error) {
      throw new ConfigurationError([`${file}: The file cannot be read: ${(error as Error).message}.`]);
    }
  }

  /** Sets what stands at this path; what is around it is made where it is missing. `value` as it would stand in JSON. */
  set(path: Path, value: unknown): void {
    this.#edited = setInText(this.#edited, path, value);
  }

  /** Removes what stands at this path. False where nothing does. */
  remove(path: Path): boolean {
    const without = removeFromText(this.#edited, path);
    this.#edited = without ?? this.#edited;
    return without !== undefined;
  }

  /** The text with what was set and removed. */
  get edited(): string {
    return this.#edited;
  }

  /**
   * Puts this text into the file, by another one that takes its name: who reads meanwhile sees the old text or the new one. Owner and permissions stay.
   * Gives a function that puts the old text back.
   * @throws ConfigurationConflict when the file is not what was read; ConfigurationError when it cannot be written
   */
  write(text: string): () => void {
    if (!readFileSync(this.path).equals(Buffer.from(this.text))) throw new ConfigurationConflict(this.path);
    this.#replace(text);
    return () => this.#replace(this.text);
  }

  #replace(text: string): void {
    const temporary = join(dirname(this.path), `.${basename(this.path)}.new`);
    try {
      const { mode, uid, gid } = statSync(this.path);
      rmSync(temporary, { force: true });
      writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
      const own = statSync(temporary);
      if (own.uid !== uid || own.gid !== gid) chownSync(temporary, uid, gid);
      chmodSync(temporary, mode & 0o7777);
      sync(temporary);
      renameSync(temporary, this.path);
      sync(dirname(this.path));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new ConfigurationError([
        `${this.path}: The file cannot be written: ${(error as Error).message}.`,
      ]);
    }
  }
}

function versionOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 32);
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
