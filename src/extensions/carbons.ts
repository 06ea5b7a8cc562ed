// XEP-0280: Message Carbons
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { type AcceptedMessage, messageAccepted } from "../kernel/points.ts";
import type { Session, Slot } from "../kernel/sessions.ts";
import { element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { forwarding } from "../xmpp/forwarding.ts";
import { CARBONS, CONTENT, HINTS } from "../xmpp/namespaces.ts";
import { CHAT_STATES } from "../xmpp/passing-content.ts";
import { payload } from "../xmpp/payload.ts";
import type { Stanza } from "../xmpp/stanza.ts";

const enable = payload(CARBONS, "enable", {});
const disable = payload(CARBONS, "disable", {});

const ROOM_USER = "http://jabber.org/protocol/muc#user";
const ROOM_INVITATION = "jabber:x:conference";

/** §6.1: what clients of instant messages put into messages besides text. */
const PAYLOADS = ["urn:xmpp:receipts", CHAT_STATES, "urn:xmpp:chat-markers:0"];

/** What a session sent lately whose errors are of interest to the others. */
const REMEMBERED = 100;

interface State {
  enabled: boolean;
  /** Ids and receivers of the last messages that were copied to others, oldest first. */
  copied: Set<string>;
}

const slot: Slot<State> = {
  name: "carbons",
  create: () => ({ enabled: false, copied: new Set() }),
  save: ({ enabled }) => enabled || undefined,
  load: () => ({ enabled: true, copied: new Set() }),
};

/** Of the message that an error answers, from the side of its sender. */
function nameOf(id: string | undefined, receiver: Stanza["to"]): string | undefined {
  return id === undefined ? undefined : `${receiver?.bare} ${id}`;
}

/**
 * §6.1; a hint not to copy says the same as `private` (XEP-0334 §4.3), but in an error it is that of another stanza (§5). What looks like a copy itself is made by
 * nobody who means well (§11).
 */
function isEligible({ stanza, direction, sessions }: AcceptedMessage): boolean {
  if (stanza.type === "error") {
    const name = nameOf(stanza.id, stanza.from);
    return name !== undefined && sessions.some((session) => session.state(slot).copied.has(name));
  }
  if (stanza.has(undefined, CARBONS) || stanza.has("no-copy", HINTS)) return false;
  switch (stanza.type) {
    case "groupchat":
      return false;
    case "chat":
      return direction === "sent" || !isFromOccupant(stanza);
    case "headline":
      break;
    default:
      if (stanza.has("body", CONTENT)) return direction === "sent" || !isFromOccupant(stanza);
  }
  if (direction === "received" && isFromOccupant(stanza)) return false;
  if (PAYLOADS.some((ns) => stanza.has(undefined, ns))) return true;
  return stanza.has("x", ROOM_INVITATION) || isInvitation(stanza);
}

/** A private message of a room, which has sent it to each session that is there. */
function isFromOccupant(stanza: Stanza): boolean {
  return stanza.from!.isFull && stanza.has("x", ROOM_USER) && !isInvitation(stanza);
}

/** XEP-0045 §7.8.2 */
function isInvitation(stanza: Stanza): boolean {
  return stanza.child("x", ROOM_USER)?.child("invite") !== undefined;
}

function remember(session: Session, stanza: Stanza): void {
  const name = nameOf(stanza.id, stanza.to);
  if (name === undefined) return;
  const { copied } = session.state(slot);
  copied.add(name);
  if (copied.size <= REMEMBERED) return;
  for (const oldest of copied) {
    copied.delete(oldest);
    return;
  }
}

export const carbons: AnyExtension = extension({
  name: "carbons",
  doc: "Copies what one session of an account sends and gets to the others that want it (XEP-0280).",
  xeps: { 280: "1.0.1", 297: "1.0" },
  features: [CARBONS],
  setup({ iq, on, sessions }) {
    const turn = (session: Session | undefined, enabled: boolean): void => {
      // §4.1
      if (session === undefined) throw new StanzaError("not-allowed");
      session.state(slot).enabled = enabled;
    };
    iq.set(enable, ["own-account"], (_value, { session }) => turn(session, true));
    iq.set(disable, ["own-account"], (_value, { session }) => turn(session, false));

    on(messageAccepted, "copy", (message) => {
      const { stanza, account, direction } = message;
      const isToSelf = stanza.from!.bare.equals(account) && stanza.to!.bare.equals(account);
      // It comes past a second time, as received.
      if (isToSelf && direction === "sent") return;
      const others = sessions.of(account).filter((session) => {
        if (!session.state(slot).enabled || message.sessions.includes(session)) return false;
        // §8: nor who has sent it.
        return !session.jid.equals(stanza.from!);
      });
      if (others.length === 0 || !isEligible(message)) return;
      const copy = forwarding({ from: account, type: stanza.type }, element(direction, CARBONS), stanza);
      for (const session of others) session.send(copy.with({ to: session.jid }));
      if (direction === "sent") for (const session of message.sessions) remember(session, stanza);
    });
  },
});
