/**
 * Names, namespaces and attribute values that nearly every stanza contains. Their strings are made once; the table never
 * grows, whatever peers send.
 */
const KNOWN = `
message presence iq body subject thread query error show status priority item group jid name subscription ask node var value field
x delay active composing paused inactive gone request received sent forwarded private result fin set first last max before after
origin-id stanza-id store no-store no-copy no-permanent-store ping c r a enable enabled resume resumed failed h ver hash features
auth response challenge success failure mechanism mechanisms starttls proceed bind resource session identity feature time vCard
to from id type xml:lang xmlns stamp by code category version lang count index complete
chat groupchat normal headline get unavailable subscribe subscribed unsubscribe unsubscribed probe
both none remove away dnd xa en de submit form list-single text-single hidden boolean true false
cancel continue modify wait default PLAIN SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS EXTERNAL
stream stream:stream stream:features stream:error
jabber:client jabber:server jabber:component:accept http://etherx.jabber.org/streams http://www.w3.org/XML/1998/namespace
urn:ietf:params:xml:ns:xmpp-sasl urn:ietf:params:xml:ns:xmpp-tls urn:ietf:params:xml:ns:xmpp-bind
urn:ietf:params:xml:ns:xmpp-session urn:ietf:params:xml:ns:xmpp-stanzas urn:ietf:params:xml:ns:xmpp-streams
jabber:iq:roster jabber:iq:version jabber:iq:last jabber:iq:private jabber:iq:register jabber:x:data jabber:x:oob jabber:x:conference
vcard-temp vcard-temp:x:update storage:bookmarks roster:delimiter
http://jabber.org/protocol/caps http://jabber.org/protocol/chatstates http://jabber.org/protocol/commands
http://jabber.org/protocol/disco#info http://jabber.org/protocol/disco#items http://jabber.org/protocol/nick
http://jabber.org/protocol/muc http://jabber.org/protocol/muc#user http://jabber.org/protocol/muc#admin http://jabber.org/protocol/muc#owner
http://jabber.org/protocol/pubsub http://jabber.org/protocol/pubsub#event http://jabber.org/protocol/pubsub#owner
http://jabber.org/protocol/rsm http://jabber.org/protocol/ibb http://jabber.org/protocol/bytestreams
urn:xmpp:ping urn:xmpp:time urn:xmpp:delay urn:xmpp:receipts urn:xmpp:hints urn:xmpp:sid:0 urn:xmpp:carbons:2 urn:xmpp:forward:0
urn:xmpp:mam:2 urn:xmpp:sm:3 urn:xmpp:csi:0 urn:xmpp:blocking urn:xmpp:chat-markers:0 urn:xmpp:message-correct:0 urn:xmpp:reply:0
urn:xmpp:reactions:0 urn:xmpp:eme:0 urn:xmpp:idle:1 urn:xmpp:push:0 urn:xmpp:http:upload:0 urn:xmpp:bookmarks:1 urn:xmpp:jingle:1
urn:xmpp:sasl:2 urn:xmpp:bind:0 urn:xmpp:fast:0 urn:xmpp:avatar:metadata urn:xmpp:avatar:data eu.siacs.conversations.axolotl
`
  .trim()
  .split(/\s+/);

const SIZE = 1024;
const LONGEST = Math.max(...KNOWN.map((name) => name.length));

const BUCKETS: readonly (readonly string[])[] = buckets();

function buckets(): string[][] {
  const slots: string[][] = Array.from({ length: SIZE }, () => []);
  for (const name of KNOWN) {
    const code = (k: number): number => name.charCodeAt(k);
    slots[slotOf(name.length, code(0), code(name.length >> 1), code(name.length - 1))]!.push(name);
  }
  return slots;
}

function slotOf(length: number, first: number, middle: number, last: number): number {
  return (length * 131 + first * 31 + middle * 7 + last * 61) & (SIZE - 1);
}

/** The shared string for these bytes, if it is one of the known ones. */
export function knownName(b: Buffer, start: number, end: number): string | undefined {
  const length = end - start;
  if (length === 0 || length > LONGEST) return undefined;
  const bucket = BUCKETS[slotOf(length, b[start]!, b[start + (length >> 1)]!, b[end - 1]!)]!;
  for (let n = 0; n < bucket.length; n++) {
    const name = bucket[n]!;
    if (name.length !== length) continue;
    let k = 0;
    while (k < length && name.charCodeAt(k) === b[start + k]) k++;
    if (k === length) return name;
  }
  return undefined;
}
