import { when } from "../../base/when.ts";
import type { Verdict } from "../../kernel/hooks.ts";
import type { PresenceCircle } from "../../kernel/points.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";

/** Whether somebody neither sees an account's presence nor shows it theirs; true to this moment at each call. */
export type Excludes = (other: Jid) => boolean;

/** Who is not in an account's circle. A promise only when that has to be read first. */
export type Circle = (account: Jid) => Excludes | Promise<Excludes>;

const nobody: Excludes = () => false;

/** The answer of all who have a say; `run` runs `presenceCircle`. The function throws, or its promise rejects with, the StanzaError of who fails. */
export function circleOf(run: (circle: PresenceCircle) => Verdict | Promise<Verdict>): Circle {
  return (account) => {
    const circle: PresenceCircle = { account, excludes: undefined };
    return when(run(circle), (verdict) => {
      if (verdict instanceof StanzaError) throw verdict;
      return circle.excludes ?? nobody;
    });
  };
}
