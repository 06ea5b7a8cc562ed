/** The content namespace inside the server: `jabber:client`, `jabber:server` and those of components are one (RFC 6120 §4.8.3). */
export const CONTENT = "jabber:client";
export const STREAM = "http://etherx.jabber.org/streams";
export const STREAM_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams";
export const STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";
export const TLS = "urn:ietf:params:xml:ns:xmpp-tls";
export const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
export const BIND = "urn:ietf:params:xml:ns:xmpp-bind";
export const SESSION = "urn:ietf:params:xml:ns:xmpp-session";
export const DELAY = "urn:xmpp:delay";
export const HINTS = "urn:xmpp:hints";
export const STANZA_ID = "urn:xmpp:sid:0";
export const FORWARD = "urn:xmpp:forward:0";
export const ARCHIVE = "urn:xmpp:mam:2";
export const CARBONS = "urn:xmpp:carbons:2";
export const DATA_FORM = "jabber:x:data";
export const RESULT_SET = "http://jabber.org/protocol/rsm";
export const STREAM_MANAGEMENT = "urn:xmpp:sm:3";
