import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CONTROL_SOCKET } from "../kernel/control-protocol.ts";

/** Where an installed server has its data. */
export const SYSTEM_DATA = "/var/lib/tercet";

/** The configuration that `tercet start` takes when none is named and this file is there. */
export const CONFIGURATION = "tercet.yml";

export interface Where {
  readonly data?: string | undefined;
  readonly config?: string | undefined;
}

/**
 * Directories in which a server's socket is looked for, the first one first: `--data`, else what the file of `--config` says, else `./data` where a
 * server keeps its data, else what `./tercet.yml` says, else the system's.
 * @throws Error with a sentence
 */
export async function dataDirectories({ data, config }: Where): Promise<readonly string[]> {
  if (data !== undefined) return [resolve(data)];
  if (config !== undefined) return [await configured(config)];
  const here = resolve("data");
  if (isOurs(here)) return [here];
  return [existsSync(CONFIGURATION) ? await configured(CONFIGURATION) : here, SYSTEM_DATA];
}

/** A folder called `data` may be anybody's. */
function isOurs(directory: string): boolean {
  return existsSync(join(directory, CONTROL_SOCKET)) || existsSync(join(directory, "lock.db"));
}

/** Only the one option: a mistake elsewhere in the file must not keep an administrator from the running server. */
async function configured(config: string): Promise<string> {
  if (statSync(config, { throwIfNoEntry: false })?.isFile() !== true)
    throw new Error(`there is no file ${config}.`);
  const { parseSource } = await import("../server/configuration-source.ts");
  const { value, broken, problems } = parseSource(readFileSync(config));
  const [problem] = problems;
  if (broken && problem) throw new Error(`${config}:${problem.line}:${problem.column}: ${problem.message}`);
  const given = (value as { data?: unknown } | null)?.data;
  return resolve(dirname(config), typeof given === "string" ? given : "data");
}
