import type { Frame } from "./frame.ts";
import type { XmlLimits } from "./limits.ts";
import type { Declarations, StreamHeader } from "./stream-header.ts";

export type ScanEvent =
  | { readonly kind: "open"; readonly header: StreamHeader }
  | { readonly kind: "element"; readonly frame: Frame }
  | { readonly kind: "close" };

export declare class Workspaces {}

/** Reads one XML stream. */
export declare class Scanner {
  /** Scanners that share `workspaces` share their scratch memory; one for each server (thread) is right. */
  constructor(limits: XmlLimits, workspaces?: Workspaces);
  setLimits(limits: XmlLimits): void;
  push(chunk: Buffer): void;
  next(): ScanEvent | undefined;
  reset(): void;
  discard(): void;
  /** No stream header will come: what follows stands in this scope (RFC 7395 §3.3). */
  assume(scope: Declarations): void;
  get unread(): number;
}
