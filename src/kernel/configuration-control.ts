import type { Effect } from "./options.ts";

/** Something wrong with a configuration, and where; a place is there when it is in the file. Both count from 1, columns in UTF-16 units. */
export interface ConfigurationProblem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** A configuration that cannot be taken. The message has a line for each problem, with file, line, column, reason and, where there is one, a suggestion. */
export class ConfigurationError extends Error {
  /** The lines of the message. */
  readonly problems: readonly string[];
  /** The same for an editor; empty when the file as a whole is meant. */
  readonly places: readonly ConfigurationProblem[];
  constructor(problems: readonly string[], places: readonly ConfigurationProblem[] = []) {
    super(problems.join("\n"));
    this.name = "ConfigurationError";
    this.problems = problems;
    this.places = places;
  }
}

/** The file is no longer what the editor began with. */
export class ConfigurationConflict extends Error {
  constructor(file: string) {
    super(`${file} has been changed meanwhile. Read it again.`);
    this.name = "ConfigurationConflict";
  }
}

/** An option that another configuration sets differently. */
export interface OptionChange {
  /** "limits.client.rate" */
  readonly option: string;
  /** As they would stand in the file. */
  readonly from: unknown;
  readonly to: unknown;
  readonly effect: Effect;
}

/** What taking another configuration does. */
export interface ChangePlan {
  readonly changes: readonly OptionChange[];
  /** "client 0.0.0.0:5222" */
  readonly opens: readonly string[];
  readonly closes: readonly string[];
  /** Sessions that live on, and those that end with `host-gone`. */
  readonly staying: number;
  readonly ending: number;
  /** What works but is no state to leave a server in, and was not there before. */
  readonly warnings: readonly string[];
}

/** A change that cannot be made while the server runs: the options that stand in its way. */
export class RestartNeeded extends ConfigurationError {
  readonly options: readonly string[];
  constructor(
    options: readonly string[],
    problems: readonly string[],
    places: readonly ConfigurationProblem[],
  ) {
    super(problems, places);
    this.name = "RestartNeeded";
    this.options = options;
  }
}

/** The configuration of a running server. One change after the other; each is made as a whole or not at all. */
export interface ConfigurationControl {
  /** Absolute; undefined when the server runs without one. */
  readonly file: string | undefined;
  /** What taking the file as it is now, or this text in its place, would do. @throws ConfigurationError, but not RestartNeeded: those options are in the plan */
  plan(text?: string): Promise<ChangePlan>;
  /** Takes the file as it is now. @throws ConfigurationError, and everything is as before */
  reload(): Promise<ChangePlan>;
  /** The file as it is now; `version` changes with every change of it. @throws ConfigurationError when there is none */
  read(): Promise<{ readonly text: string; readonly version: string }>;
  /**
   * Writes this text into the file, which is still of that version, and takes it.
   * @throws ConfigurationConflict; ConfigurationError; file and server are as before then
   */
  change(text: string, version: string): Promise<ChangePlan>;
}
