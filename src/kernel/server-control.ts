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
  /** As `stop`, and the program begins anew with the same arguments. */
  restart(): void;
  /** Closes the ports for clients until the next start; streams that are there live on. Resolves when they are closed. */
  refuseClients(): Promise<void>;
  /** Takes that back: the ports that are configured are open again. @throws Error that names a port which is somebody else's meanwhile */
  acceptClients(): Promise<void>;
  /** Ends every stream with `system-shutdown`; resolves when all connections are gone. */
  endStreams(): Promise<void>;
}
