import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { AccessSettings } from "../kernel/access.ts";
import { ConfigurationError } from "../kernel/configuration-control.ts";
import type { AnyExtension } from "../kernel/extension.ts";
import { isMapping, mismatch, type Path } from "../kernel/option-types.ts";
import { defaults, type Options, type OptionValues, readOptions } from "../kernel/options.ts";
import { checkFiles, checkReferences, warnings } from "./configuration-checks.ts";
import { checkHostNames, type HostValues } from "./configuration-hosts.ts";
import { type ListenerSettings, listeners } from "./configuration-listeners.ts";
import { configurationOptions } from "./configuration-options.ts";
import { checkNames, type NamedCommand } from "./configuration-references.ts";
import type { Place, Problem, Source } from "./configuration-source.ts";
import type { AllValues, Limits, ServerValues } from "./configuration-values.ts";

/** What the server is to do, checked: nothing in it refers to something that is not there. */
export interface Configuration {
  /** Absolute; undefined when the server runs without one. */
  readonly file: string | undefined;
  /** Prepared domains; at least one. */
  readonly hosts: readonly string[];
  /** Who may what. */
  readonly access: AccessSettings;
  /** Absolute paths of PEM files; none stands for self-signed certificates. */
  readonly certificates: readonly string[];
  /** Absolute. */
  readonly data: string;
  readonly storage: ServerValues["storage"];
  readonly listeners: readonly ListenerSettings[];
  readonly http: ServerValues["http"];
  readonly log: ServerValues["log"];
  readonly limits: Limits;
  readonly allowUnencryptedLoopback: boolean;
  /** What holds for single hosts, by their names. */
  readonly hostConfig: ReadonlyMap<string, HostValues>;
  /** Options of the extensions that are switched on, by name. */
  readonly extensions: ReadonlyMap<string, OptionValues<Options>>;
  /** What works but should not stay: "tercet.yml:3:1: …". */
  readonly warnings: readonly string[];
  /** What `tercet check --explain` walks through. */
  readonly origin: Origin;
  /** The same file as it is now, or with this text in its place. @throws ConfigurationError */
  readAgain(text?: string): Promise<Configuration>;
}

export interface Origin {
  readonly options: Options;
  readonly values: AllValues;
  /** Where the file sets the option at `path`: "tercet.yml:3:1"; undefined for a default. */
  setAt(path: Path): string | undefined;
  /** Where that is, or what is around it; empty where there is no file. */
  placeAt(path: Path): Partial<Place>;
}

export interface ReadingOptions {
  /** As on the command line. Without it everything has its default, and only loopback addresses are listened on. */
  readonly file?: string;
  /** `--data`: stands above the file. */
  readonly data?: string;
  /** Stands in place of what is in the file. */
  readonly text?: string;
  readonly extensions: readonly AnyExtension[];
}

const LARGEST_FILE = 1024 * 1024;

/** @throws ConfigurationError with everything that is wrong */
export async function readConfiguration(reading: ReadingOptions): Promise<Configuration> {
  const members = configurationOptions(reading.extensions);
  if (reading.file === undefined)
    return complete(members, defaults(members) as AllValues, reading, undefined);
  // The YAML reader takes 40 ms and 9 MB: only who has a file pays for it.
  const { parseSource } = await import("./configuration-source.ts");
  const source = parseSource(reading.text === undefined ? readFile(reading.file) : Buffer.from(reading.text));
  const problems: Problem[] = [...source.problems];
  const report = collector(source, problems);
  const values = source.broken ? undefined : readValues(source.value);
  if (values !== undefined) {
    const folder = dirname(resolve(reading.file));
    checkReferences(values, report);
    checkHostNames(values, report);
    checkNames(values, members, await commandsOf(values, reading), report);
    checkFiles(values, folder, report);
  }
  if (values === undefined || problems.length > 0) throw failure(reading.file, problems);
  return complete(members, values, reading, source);

  function readValues(value: unknown): AllValues | undefined {
    if (value === null || value === undefined) return defaults(members) as AllValues;
    if (!isMapping(value)) return mismatch({ says: "a mapping of options" }, value, [], report);
    return readOptions(members, value, [], report) as AllValues | undefined;
  }
}

/** The commands, where permissions may name some. */
async function commandsOf(
  values: AllValues,
  { extensions }: ReadingOptions,
): Promise<readonly NamedCommand[]> {
  const named = [...values.api_permissions.values()].some(({ references }) => references.length > 0);
  return named ? (await import("./declared-commands.ts")).declaredCommands(extensions) : [];
}

function collector(
  source: Source,
  problems: Problem[],
): (fault: { path: Path; on: "name" | "value"; message: string }) => void {
  return ({ path, on, message }) => problems.push({ ...source.place(path, on), message });
}

function failure(file: string, problems: readonly Problem[]): ConfigurationError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map((problem) => line(file, problem, problem.message));
  return new ConfigurationError(lines, sorted);
}

function line(file: string, place: Place, message: string): string {
  return `${file}:${place.line}:${place.column}: ${message}`;
}

function complete(
  members: Options,
  values: AllValues,
  reading: ReadingOptions,
  source: Source | undefined,
): Configuration {
  const file = reading.file;
  const folder = file === undefined ? "." : dirname(resolve(file));
  const extensions = new Map<string, OptionValues<Options>>();
  for (const [name, { enabled, ...own }] of Object.entries(values.extensions)) {
    if (enabled === true) extensions.set(name, own);
  }
  return {
    file: file === undefined ? undefined : resolve(file),
    hosts: values.hosts,
    access: values,
    certificates: values.certificates.map((path) => resolve(folder, path)),
    storage: values.storage,
    data: reading.data === undefined ? resolve(folder, values.data) : resolve(reading.data),
    listeners: listeners(values.listen, file === undefined ? "loopback" : "all"),
    http: values.http,
    log: values.log,
    limits: values.limits,
    allowUnencryptedLoopback: values.allow_unencrypted_loopback,
    hostConfig: values.host_config,
    extensions,
    warnings: warnings(values).map(({ path, message }) =>
      source === undefined || file === undefined ? message : line(file, source.place(path, "name"), message),
    ),
    origin: {
      options: members,
      values,
      setAt(path) {
        if (reading.data !== undefined && path.length === 1 && path[0] === "data") return "--data";
        if (source === undefined || file === undefined || !source.sets(path)) return undefined;
        const place = source.place(path, "value");
        return `${file}:${place.line}:${place.column}`;
      },
      placeAt: (path) => source?.place(path, "value") ?? {},
    },
    readAgain(text) {
      const { text: _, ...again } = reading;
      return readConfiguration(text === undefined ? again : { ...again, text });
    },
  };
}

function readFile(file: string): Uint8Array {
  try {
    const status = statSync(file);
    if (status.isDirectory())
      throw new ConfigurationError([`${file}: This is a directory, not a configuration file.`]);
    if (!status.isFile()) throw new ConfigurationError([`${file}: This is not a file.`]);
    if (status.size > LARGEST_FILE) {
      throw new ConfigurationError([
        `${file}: The file has ${status.size} bytes; a configuration has at most ${LARGEST_FILE}.`,
      ]);
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError([`${file}: ${fileTrouble(error as NodeJS.ErrnoException)}`]);
  }
}

function fileTrouble(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return "There is no such file.";
  if (error.code === "EACCES")
    return "The file cannot be read: its permissions do not allow it to this user.";
  return `The file cannot be read: ${error.message}.`;
}
