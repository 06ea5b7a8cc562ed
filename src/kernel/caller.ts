import type { Jid } from "../xmpp/jid.ts";
import type { Front } from "./access.ts";

/** Who wants something, as far as rights ask. */
export interface Caller {
  /** Where the call comes in: the control socket belongs to who owns the data directory. */
  readonly front: Front;
  /** The account that has logged in, bare; undefined on the control socket. */
  readonly account: Jid | undefined;
  /** The address that it comes from; undefined where there is none. */
  readonly address: string | undefined;
  /** Of a bearer token: names of commands, tags with "tag:" before, or `EVERY_COMMAND`; undefined where no token limits the caller. */
  readonly scopes: readonly string[] | undefined;
  /** For the log: which bearer token it was. */
  readonly credential?: string;
}

/** Whoever may open the control socket. */
export const owner: Caller = {
  front: "control",
  account: undefined,
  address: undefined,
  scopes: undefined,
};
