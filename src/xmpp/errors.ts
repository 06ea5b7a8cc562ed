import { type Element, element } from "../xml/element.ts";
import { CONTENT, STANZA_ERRORS, STREAM, STREAM_ERRORS } from "./namespaces.ts";

/** RFC 6120 §8.3.2. */
export type ErrorType = "auth" | "cancel" | "continue" | "modify" | "wait";

export type StanzaCondition =
  | "bad-request"
  | "conflict"
  | "feature-not-implemented"
  | "forbidden"
  | "gone"
  | "internal-server-error"
  | "item-not-found"
  | "jid-malformed"
  | "not-acceptable"
  | "not-allowed"
  | "not-authorized"
  | "policy-violation"
  | "recipient-unavailable"
  | "redirect"
  | "registration-required"
  | "remote-server-not-found"
  | "remote-server-timeout"
  | "resource-constraint"
  | "service-unavailable"
  | "subscription-required"
  | "undefined-condition"
  | "unexpected-request";

/** RFC 6120 §8.3.3: the type that the text gives each condition. */
const TYPE_OF: Readonly<Record<StanzaCondition, ErrorType>> = {
  "bad-request": "modify",
  conflict: "cancel",
  "feature-not-implemented": "cancel",
  forbidden: "auth",
  gone: "cancel",
  "internal-server-error": "cancel",
  "item-not-found": "cancel",
  "jid-malformed": "modify",
  "not-acceptable": "modify",
  "not-allowed": "cancel",
  "not-authorized": "auth",
  "policy-violation": "modify",
  "recipient-unavailable": "wait",
  redirect: "modify",
  "registration-required": "auth",
  "remote-server-not-found": "cancel",
  "remote-server-timeout": "wait",
  "resource-constraint": "wait",
  "service-unavailable": "cancel",
  "subscription-required": "auth",
  "undefined-condition": "cancel",
  "unexpected-request": "wait",
};

export interface StanzaErrorDetails {
  readonly type?: ErrorType;
  /** For the peer; generic, never the cause. */
  readonly text?: string;
  /** An application-specific condition (RFC 6120 §8.3.4). */
  readonly application?: Element;
  /** The answer does not repeat what was sent, which has a secret in it. */
  readonly withoutContent?: boolean;
}

/** What a handler throws to have its stanza answered with an error. */
export class StanzaError extends Error {
  readonly condition: StanzaCondition;
  readonly type: ErrorType;
  readonly text: string | undefined;
  readonly application: Element | undefined;
  readonly withoutContent: boolean;

  constructor(condition: StanzaCondition, details: StanzaErrorDetails = {}) {
    super(details.text ?? condition);
    this.name = "StanzaError";
    this.condition = condition;
    this.type = details.type ?? TYPE_OF[condition];
    this.text = details.text;
    this.application = details.application;
    this.withoutContent = details.withoutContent ?? false;
  }

  /** `<error type='…'>`, RFC 6120 §8.3.2. */
  element(): Element {
    return element(
      "error",
      CONTENT,
      { type: this.type },
      element(this.condition, STANZA_ERRORS),
      this.text === undefined ? undefined : element("text", STANZA_ERRORS, { "xml:lang": "en" }, this.text),
      this.application,
    );
  }
}

/** RFC 6120 §4.9.3, without `see-other-host`. */
export type StreamCondition =
  | "bad-format"
  | "bad-namespace-prefix"
  | "conflict"
  | "connection-timeout"
  | "host-gone"
  | "host-unknown"
  | "improper-addressing"
  | "internal-server-error"
  | "invalid-from"
  | "invalid-namespace"
  | "invalid-xml"
  | "not-authorized"
  | "not-well-formed"
  | "policy-violation"
  | "remote-connection-failed"
  | "reset"
  | "resource-constraint"
  | "restricted-xml"
  | "system-shutdown"
  | "undefined-condition"
  | "unsupported-encoding"
  | "unsupported-feature"
  | "unsupported-stanza-type"
  | "unsupported-version";

/** Ends a stream: `<stream:error>`, the closing tag, the connection (RFC 6120 §4.9.1). */
export class StreamError extends Error {
  readonly condition: StreamCondition;
  readonly text: string | undefined;
  /** An application-specific condition (RFC 6120 §4.9.4). */
  readonly application: Element | undefined;
  constructor(condition: StreamCondition, text?: string, application?: Element) {
    super(text ?? condition);
    this.name = "StreamError";
    this.condition = condition;
    this.text = text;
    this.application = application;
  }

  element(): Element {
    return element(
      "error",
      STREAM,
      {},
      element(this.condition, STREAM_ERRORS),
      this.text === undefined ? undefined : element("text", STREAM_ERRORS, { "xml:lang": "en" }, this.text),
      this.application,
    );
  }
}
