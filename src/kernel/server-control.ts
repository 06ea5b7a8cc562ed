/** What administrators' commands may know and ask of the running server. */
export interface ServerControl {
  /** "tercet@localhost": how the commands call this node. */
  readonly node: string;
  /** The domains that it serves, in the order of the configuration. */
  readonly hosts: readonly string[];
  readonly version: string;
  /** `World.monotonic` at the end of the start. */
  readonly startedAt: number;
  readonly state: "starting" | "started" | "stopping";
  /** Begins the orderly end and returns at once; calling it again changes nothing. */
  stop(): void;
}
