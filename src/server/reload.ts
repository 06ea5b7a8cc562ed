import type { Log } from "../base/log.ts";
import {
  type ChangePlan,
  ConfigurationConflict,
  type ConfigurationControl,
  ConfigurationError,
  type OptionChange,
  RestartNeeded,
} from "../kernel/configuration-control.ts";
import { CertificateError } from "../net/identities.ts";
import { ListenError } from "../net/listen-error.ts";
import type { PreparedCertificates } from "../net/tls-contexts.ts";
import type { Configuration } from "./configuration.ts";
import { changesBetween } from "./configuration-diff.ts";
import { ConfigurationFile } from "./configuration-file.ts";
import type { PreparedPorts } from "./listeners.ts";

/** What of a running server follows its configuration. */
export interface Reloadable {
  /** Ports, certificates, stores: what may fail. */
  readonly ports: {
    plan(configuration: Configuration): Pick<ChangePlan, "opens" | "closes">;
    prepare(configuration: Configuration): Promise<PreparedPorts>;
  };
  prepareCertificates(configuration: Configuration): Promise<PreparedCertificates>;
  /** For hosts that are not served yet. */
  prepareHosts(hosts: readonly string[]): Promise<void>;
  /** Everything else, at once and without fail. */
  use(configuration: Configuration, certificates: PreparedCertificates): void;
  /** Sessions by the domain of their account. */
  sessionsAt(domain: string): number;
  readonly sessions: number;
}

/** Takes another configuration as a whole, or not at all: everything that may fail comes before the first thing that changes. */
export class Reload implements ConfigurationControl {
  readonly #parts: Reloadable;
  readonly #log: Log;
  #current: Configuration;
  /** One change after the other. */
  #last: Promise<unknown>;

  /** `ready`: when the server that is being started can be changed. */
  constructor(configuration: Configuration, parts: Reloadable, log: Log, ready: Promise<unknown>) {
    this.#current = configuration;
    this.#parts = parts;
    this.#log = log;
    this.#last = ready;
  }

  get file(): string | undefined {
    return this.#current.file;
  }

  async plan(text?: string): Promise<ChangePlan> {
    if (text !== undefined) this.#open();
    const next = await this.#current.readAgain(text);
    return this.#planOf(next, changesBetween(this.#current, next));
  }

  reload(): Promise<ChangePlan> {
    return this.#alone(() => this.#take(undefined, () => () => {}));
  }

  async read(): Promise<{ readonly text: string; readonly version: string }> {
    const { text, version } = this.#open();
    return { text, version };
  }

  change(text: string, version: string): Promise<ChangePlan> {
    return this.#alone(async () => {
      const file = this.#open();
      if (file.version !== version) throw new ConfigurationConflict(file.path);
      return this.#take(text, () => file.write(text));
    });
  }

  #open(): ConfigurationFile {
    const { file } = this.#current;
    if (file === undefined) {
      throw new ConfigurationError([
        "This server runs without a configuration file. Make one and start it with it.",
      ]);
    }
    return ConfigurationFile.open(file);
  }

  #alone<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#last.then(change);
    this.#last = result.catch(() => {});
    return result;
  }

  /** `write` puts the text into the file, and gives what takes it back. */
  async #take(text: string | undefined, write: () => () => void): Promise<ChangePlan> {
    try {
      const before = this.#current;
      const next = await before.readAgain(text);
      const changes = changesBetween(before, next);
      refuseRestart(next, changes);
      const plan = this.#planOf(next, changes);
      await this.#switch(before, next, write);
      const options = changes.map(({ option }) => option).join(", ");
      this.#log.info("configuration taken", { file: next.file, changed: options, ended: plan.ending });
      for (const warning of plan.warnings) this.#log.warn(warning);
      return plan;
    } catch (error) {
      if (error instanceof ConfigurationError) {
        this.#log.warn("configuration refused, the old one stays", { problems: error.message });
      } else this.#log.error("configuration not taken, the old one stays", { error });
      throw error;
    }
  }

  async #switch(before: Configuration, next: Configuration, write: () => () => void): Promise<void> {
    const { ports, prepareCertificates, prepareHosts, use } = this.#parts;
    const prepared = await blaming(next, ports.prepare(next));
    try {
      const certificates = await blaming(next, prepareCertificates(next));
      await prepareHosts(next.hosts.filter((host) => !before.hosts.includes(host)));
      const takeBack = write();
      try {
        await blaming(next, prepared.swap());
      } catch (error) {
        takeBack();
        throw error;
      }
      // From here on nothing fails.
      this.#current = next;
      use(next, certificates);
      prepared.finish();
    } catch (error) {
      await prepared.undo();
      throw error;
    }
  }

  #planOf(next: Configuration, changes: readonly OptionChange[]): ChangePlan {
    const { ports, sessions, sessionsAt } = this.#parts;
    const removed = this.#current.hosts.filter((host) => !next.hosts.includes(host));
    const ending = removed.reduce((sum, host) => sum + sessionsAt(host), 0);
    const known = this.#current.warnings.map(withoutPlace);
    const warnings = next.warnings.filter((warning) => !known.includes(withoutPlace(warning)));
    return { changes, ...ports.plan(next), ending, staying: sessions - ending, warnings };
  }
}

function withoutPlace(warning: string): string {
  return warning.replace(/^.*?:\d+:\d+: /, "");
}

function refuseRestart(next: Configuration, changes: readonly OptionChange[]): void {
  const options = changes.filter(({ effect }) => effect === "restart").map(({ option }) => option);
  if (options.length === 0) return;
  const problems = options.map((option) => {
    const path = option.split(".");
    const place = placeOf(next, path);
    const message = `\`${option}\` changes only when the server starts. Nothing was changed; restart it, or take this back.`;
    return {
      message,
      text: place === undefined ? message : `${place}: ${message}`,
      ...next.origin.placeAt(path),
    };
  });
  throw new RestartNeeded(
    options,
    problems.map(({ text }) => text),
    problems,
  );
}

/** Errors of ports and certificates with the place of what asked for them. */
async function blaming<T>(next: Configuration, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    const path = pathOf(error);
    if (path === undefined) throw error;
    const where = placeOf(next, path);
    const lines = error instanceof CertificateError ? error.problems : [(error as Error).message];
    throw new ConfigurationError(
      lines.map((line) => (where === undefined ? line : `${where}: ${line}`)),
      lines.map((message) => ({ message, ...next.origin.placeAt(path) })),
    );
  }
}

/** Where the file sets this, or what is around it: a port that nobody has set is a matter of the file. */
function placeOf({ file, origin }: Configuration, path: readonly string[]): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const place = origin.setAt(path.slice(0, length));
    if (place !== undefined) return place;
  }
  return file;
}

function pathOf(error: unknown): readonly string[] | undefined {
  if (error instanceof CertificateError) return ["certificates"];
  if (!(error instanceof ListenError)) return undefined;
  return ["listen", error.service?.replace("-", "_") ?? "", "port"];
}
