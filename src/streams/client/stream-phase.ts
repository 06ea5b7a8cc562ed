import type { Element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import type { Line } from "./line.ts";
import type { ClientSession } from "./session.ts";

/** A client's stream, as its phases see it. */
export interface PhasedStream extends Line {
  /** What the client asked for. */
  readonly host: string;
  readonly lang: string | undefined;
  /** There as soon as one is asked for, so that it ends with the stream whatever happens meanwhile. */
  session: ClientSession | undefined;
  /** Holds everything that arrives until `done` is there. `next` is not called when the stream has closed meanwhile. */
  wait<T>(done: Promise<T>, next: (value: T) => void): void;
  /** Ends the stream, and the session. */
  close(): void;
}

/** What a client may say at one time of its stream. */
export interface StreamPhase {
  /** What the client is offered behind a header (RFC 6120 §4.3.2). */
  offer(): readonly Element[];
  /** @throws StreamError for what has no place in this phase */
  element(frame: Frame): void;
}
