import { type Element, element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import { type StanzaCondition, StreamError } from "../../xmpp/errors.ts";
import { STREAM_MANAGEMENT as SM, STANZA_ERRORS } from "../../xmpp/namespaces.ts";
import { MODULUS } from "./acknowledgements.ts";
import { nonza } from "./stream-writer.ts";

/** XEP-0198 §2. */
export const managementFeature: Element = element("sm", SM);

/** XEP-0198 §4. */
export const REQUEST: string = nonza(element("r", SM));

export function answer(h: number): string {
  return nonza(element("a", SM, { h: String(h) }));
}

/** XEP-0198 §3: `max` in milliseconds; both undefined where the session cannot be resumed. */
export function enabled(resumption: { readonly id: string; readonly max: number } | undefined): string {
  if (resumption === undefined) return nonza(element("enabled", SM));
  const { id, max } = resumption;
  return nonza(element("enabled", SM, { id, resume: "true", max: String(Math.ceil(max / 1000)) }));
}

export function resumed(previd: string, h: number): string {
  return nonza(element("resumed", SM, { h: String(h), previd }));
}

/** XEP-0198 §6. `h` as in §5, where a session is known that is over. */
export function failed(condition: StanzaCondition, h?: number): string {
  const attributes = { h: h === undefined ? undefined : String(h) };
  return nonza(element("failed", SM, attributes, element(condition, STANZA_ERRORS)));
}

/** XEP-0198 §6. */
export function countTooHigh(h: number, sent: number): StreamError {
  const application = element("handled-count-too-high", SM, { h: String(h), "send-count": String(sent) });
  const text = `You acknowledged ${h} stanzas, but I only sent you ${sent} so far.`;
  return new StreamError("undefined-condition", text, application);
}

/** XEP-0198 §10: xs:unsignedInt in its plain form; undefined for anything else. */
export function readCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined;
  const count = Number(text);
  return count < MODULUS ? count : undefined;
}

/** What a client wants when it enables stream management: whether it may be resumed, and for how long at most, milliseconds. */
export interface EnableRequest {
  readonly resume: boolean;
  readonly max: number | undefined;
}

/** undefined for what XEP-0198 §10 does not allow. */
export function readEnable(frame: Frame): EnableRequest | undefined {
  const resume = frame.attribute("resume") ?? "false";
  const max = frame.attribute("max");
  if (!["true", "1", "false", "0"].includes(resume)) return undefined;
  if (max !== undefined && !/^0*[1-9][0-9]*$/.test(max)) return undefined;
  return {
    resume: resume === "true" || resume === "1",
    max: max === undefined ? undefined : Number(max) * 1000,
  };
}
