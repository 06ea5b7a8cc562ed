import { mcabber } from "./clients/mcabber.ts";
import { stanza, strophe, xmppClient } from "./clients/node-libraries.ts";
import { poezio } from "./clients/poezio.ts";
import { profanity } from "./clients/profanity.ts";
import { psi } from "./clients/psi.ts";
import { goSendxmpp, sendxmpp } from "./clients/senders.ts";
import { slixmpp } from "./clients/slixmpp.ts";
import type { ClientTest } from "./scenario.ts";

export const clients: readonly ClientTest[] = [
  slixmpp,
  xmppClient,
  stanza,
  strophe,
  profanity,
  mcabber,
  poezio,
  sendxmpp,
  goSendxmpp,
  psi,
];
