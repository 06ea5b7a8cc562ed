import type { Log } from "../base/log.ts";
import type { Verdict } from "../kernel/hooks.ts";
import { type StanzaCondition, StanzaError } from "../xmpp/errors.ts";

/** What a crash in a stage means (architecture: Order). Anywhere else it is logged and passed over, and a StanzaError is a crash there too. */
const CRASHES: ReadonlyMap<string, StanzaCondition> = new Map([
  ["guard", "internal-server-error"],
  ["rewrite", "internal-server-error"],
  ["archive", "resource-constraint"],
]);

/** What it means for a stanza that a handler has thrown. */
export function crashVerdict(error: unknown, stage: string, extension: string, log: Log): Verdict {
  const condition = CRASHES.get(stage);
  if (condition !== undefined && error instanceof StanzaError) return error;
  log.error("a handler failed", { extension, stage, error });
  return condition === undefined ? undefined : new StanzaError(condition);
}
