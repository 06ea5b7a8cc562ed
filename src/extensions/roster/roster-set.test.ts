import assert from "node:assert/strict";
import { test } from "node:test";
import { jid } from "../../../test/support/stanzas.ts";
import { parseFrame } from "../../xml/parse.ts";
import type { StanzaCondition } from "../../xmpp/errors.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { CONTENT } from "../../xmpp/namespaces.ts";
import { type RosterSet, readRosterSet } from "./roster-set.ts";

function read(items: string): RosterSet {
  const xml = `<query xmlns='jabber:iq:roster'>${items}</query>`;
  return readRosterSet(parseFrame(Buffer.from(xml), CONTENT).element(), jid("juliet@h.test"));
}

function refused(items: string, condition: StanzaCondition): void {
  assert.throws(
    () => read(items),
    (error) => error instanceof StanzaError && error.condition === condition,
    `${condition} for ${items.slice(0, 80)}`,
  );
}

test("what a client may set is read, what only the server sets is not (RFC 6121 §2.1.2, D20)", () => {
  const item =
    "<item jid='Nurse@H.test' name='Nurse' subscription='both' ask='subscribe' approved='true'><group>Servants</group><group>B</group></item>";
  assert.deepEqual(read(item), {
    contact: jid("nurse@h.test"),
    remove: false,
    name: "Nurse",
    groups: ["Servants", "B"],
  });
  assert.deepEqual(read("<item jid='n@h.test'/>"), {
    contact: jid("n@h.test"),
    remove: false,
    name: undefined,
    groups: [],
  });
  assert.deepEqual(read("<item jid='n@h.test' subscription='remove'><group/></item>"), {
    contact: jid("n@h.test"),
    remove: true,
  });
});

test("RFC 6121 §2.1.5: exactly one item", () => {
  refused("", "bad-request");
  refused("<item jid='a@h.test'/><item jid='b@h.test'/>", "bad-request");
  refused("<thing jid='a@h.test'/>", "bad-request");
  refused("<item xmlns='urn:x' jid='a@h.test'/>", "bad-request");
});

test("the address of a contact is a bare JID of somebody else", () => {
  refused("<item name='x'/>", "bad-request");
  refused("<item jid='@'/>", "jid-malformed");
  refused("<item jid=''/>", "jid-malformed");
  refused("<item jid='a@h.test/phone'/>", "bad-request");
  refused("<item jid='Juliet@h.test'/>", "not-allowed");
  refused("<item jid='juliet@h.test' subscription='remove'/>", "not-allowed");
  assert.equal(read("<item jid='gateway.h.test'/>").contact.toString(), "gateway.h.test");
});

test("RFC 6121 §2.3.3: groups and names", () => {
  const inGroups = (...groups: string[]): string =>
    `<item jid='a@h.test'>${groups.map((name) => `<group>${name}</group>`).join("")}</item>`;
  refused(inGroups(""), "not-acceptable");
  refused(inGroups("A", "B", "A"), "bad-request");
  // Compared like resourceparts: composed and decomposed forms are one name.
  refused(inGroups("caf\u00e9", "cafe\u0301"), "bad-request");
  refused(inGroups("x".repeat(1024)), "not-acceptable");
  refused(inGroups("x".repeat(100 * 1024)), "not-acceptable");
  refused(inGroups(...Array.from({ length: 101 }, (_none, n) => `g${n}`)), "not-acceptable");
  refused(`<item jid='a@h.test' name='${"ä".repeat(512)}'/>`, "not-acceptable");
  const longest = "x".repeat(1023);
  assert.deepEqual(read(`<item jid='a@h.test' name='${longest}'><group>${longest}</group></item>`), {
    contact: jid("a@h.test"),
    remove: false,
    name: longest,
    groups: [longest],
  });
  // D25
  const odd = ["__proto__", "constructor", "toString", "0", "4294967295"];
  assert.deepEqual((read(inGroups(...odd)) as { groups?: readonly string[] }).groups, odd);
});
