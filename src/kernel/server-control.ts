/** What administrators' commands may know and ask of the running server. */
export interface ServerControl {
  /** The domains that it serves, in the order of the configuration. */
  readonly hosts: readonly string[];
  readonly version: string;
  /** Wall clock, milliseconds since 1970. */
  readonly startedAt: number;
  /** Begins the orderly end and returns at once; calling it again changes nothing. */
  stop(): void;
}
