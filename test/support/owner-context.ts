import { owner } from "../../src/kernel/caller.ts";
import type { CommandContext } from "../../src/kernel/commands.ts";

/** Of a call over the control socket to which nobody listens. */
export function ownerContext(): CommandContext {
  return {
    caller: owner,
    signal: new AbortController().signal,
    note() {},
    progress() {},
    waitForEnd() {},
  };
}
