import assert from "node:assert/strict";
import { test } from "node:test";
import { stanza } from "../../../test/support/stanzas.ts";
import type { Router } from "../../kernel/router.ts";
import type { Session, Sessions } from "../../kernel/sessions.ts";
import { Jid } from "../../xmpp/jid.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { reroute } from "./rerouting.ts";

const jid = Jid.parse("juliet@h.test/gone")!;
const from = (who: string, xml: string): Stanza => stanza(who, xml);
const MESSAGE = "<message to='juliet@h.test/gone' type='chat' id='1'/>";
const BARE = "<message to='juliet@h.test' type='headline' id='2'/>";

function routed(stanzas: readonly Stanza[], others: number): readonly string[] {
  const sent: Stanza[] = [];
  const router = { send: (one: Stanza) => void sent.push(one) } as unknown as Router;
  const sessions = { of: () => Array.from({ length: others }) } as unknown as Sessions;
  reroute(stanzas, { jid, account: jid.bare } as Session, router, sessions);
  return sent.map((one) => `${one.kind} ${one.type} ${one.id} ${one.to}`);
}

test("what was for the resource is tried elsewhere, what was for the account only where nobody else is", () => {
  const both = [from("romeo@h.test/o", MESSAGE), from("romeo@h.test/o", BARE)];
  assert.deepEqual(routed(both, 0), [
    "message chat 1 juliet@h.test/gone",
    "message headline 2 juliet@h.test",
  ]);
  assert.deepEqual(routed(both, 1), ["message chat 1 juliet@h.test/gone"]);
});

test("requests are answered, what nobody waits for goes", () => {
  const requests = [
    from("romeo@h.test/o", "<iq to='juliet@h.test/gone' type='get' id='3'><q xmlns='urn:q'/></iq>"),
    from("romeo@h.test/o", "<iq to='juliet@h.test/gone' type='result' id='4'/>"),
    from("romeo@h.test/o", "<presence to='juliet@h.test'/>"),
    from("romeo@h.test/o", "<message to='juliet@h.test/gone' type='error' id='5'/>"),
  ];
  assert.deepEqual(routed(requests, 0), ["iq error 3 romeo@h.test/o"]);
});

test("copies for this resource are no other one's", () => {
  assert.deepEqual(routed([from("juliet@h.test", MESSAGE), from("juliet@h.test", BARE)], 0), []);
});
