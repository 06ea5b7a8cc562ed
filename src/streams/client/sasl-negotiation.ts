import type { Authentication, SaslChannel, SaslExchange, SaslStep } from "../../kernel/authentication.ts";
import { type Element, element } from "../../xml/element.ts";
import { StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { SASL } from "../../xmpp/namespaces.ts";

/** Enough for a client that tries every mechanism, and an end for one that does nothing else. */
const HARMLESS_FAILURES = 10;

const CHANNEL_BINDING = "urn:xmpp:sasl-cb:0";

/** RFC 6120 §6.5.4: the answer to attempts where nothing is offered. */
export const encryptionRequired: Element = element("failure", SASL, {}, element("encryption-required", SASL));

/** What to write, and who has logged in when that is so. */
export interface SaslReply {
  readonly write: Element;
  readonly account?: Jid;
  readonly mechanism?: string;
  /** The stream must end behind it: enough tries (RFC 6120 §6.4.5). */
  readonly over?: boolean;
}

/** The SASL part of one stream (RFC 6120 §6). */
export class SaslNegotiation {
  readonly #authentication: Authentication;
  readonly #channel: SaslChannel;
  readonly #allowedFailures: number;
  #exchange: SaslExchange | undefined = undefined;
  #failures = 0;
  #harmless = 0;

  constructor(authentication: Authentication, channel: SaslChannel, allowedFailures: number) {
    this.#authentication = authentication;
    this.#channel = channel;
    this.#allowedFailures = allowedFailures;
  }

  /** Stream features, none when nothing may be offered here. */
  features(): readonly Element[] {
    const mechanisms = this.#authentication.mechanisms(this.#channel);
    if (mechanisms.length === 0) return [];
    const offered = mechanisms.map((name) => element("mechanism", SASL, {}, name));
    const bindings = this.#authentication.channelBindings(this.#channel);
    const list = [element("mechanisms", SASL, {}, ...offered)];
    if (bindings.length > 0) {
      // XEP-0440 §3
      const types = bindings.map((type) => element("channel-binding", CHANNEL_BINDING, { type }));
      list.push(element("sasl-channel-binding", CHANNEL_BINDING, {}, ...types));
    }
    return list;
  }

  /** @throws StreamError for what has no place in SASL now */
  receive(nonza: Element): SaslReply | Promise<SaslReply> {
    switch (nonza.name) {
      case "auth":
        return this.#auth(nonza);
      case "response":
        return this.#response(nonza);
      case "abort":
        return this.#reply({ kind: "failure", condition: "aborted" });
      default:
        throw new StreamError("unsupported-stanza-type");
    }
  }

  #auth(nonza: Element): SaslReply | Promise<SaslReply> {
    // A new attempt ends one that is under way (RFC 6120 §6.4.2).
    this.#exchange = undefined;
    const mechanism = nonza.attr("mechanism");
    if (mechanism === undefined) return this.#reply({ kind: "failure", condition: "invalid-mechanism" });
    const begun = this.#authentication.begin(
      this.#channel,
      mechanism,
      nonza.text === "" ? undefined : nonza.text,
    );
    this.#exchange = begun.exchange;
    return this.#settle(begun.step);
  }

  #response(nonza: Element): SaslReply | Promise<SaslReply> {
    if (this.#exchange === undefined)
      throw new StreamError("policy-violation", "No negotiation is under way");
    return this.#settle(this.#exchange.step(nonza.text));
  }

  #settle(step: SaslStep | Promise<SaslStep>): SaslReply | Promise<SaslReply> {
    return step instanceof Promise ? step.then((late) => this.#reply(late)) : this.#reply(step);
  }

  #reply(step: SaslStep): SaslReply {
    switch (step.kind) {
      case "challenge":
        return { write: element("challenge", SASL, {}, step.data) };
      case "success":
        this.#exchange = undefined;
        return {
          write: element("success", SASL, {}, step.data),
          account: step.account,
          mechanism: step.mechanism,
        };
      default: {
        this.#exchange = undefined;
        if (step.harmless) this.#harmless++;
        else this.#failures++;
        const text =
          step.text === undefined ? undefined : element("text", SASL, { "xml:lang": "en" }, step.text);
        const write = element("failure", SASL, {}, element(step.condition, SASL), text);
        return {
          write,
          over: this.#failures >= this.#allowedFailures || this.#harmless >= HARMLESS_FAILURES,
        };
      }
    }
  }
}
