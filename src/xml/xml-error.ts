/** Stream error conditions that the scanner can tell, RFC 6120 §4.9.3. */
export type XmlCondition =
  /** §4.9.3.13, §11.3: against XML 1.0 or Namespaces in XML 1.0, so for a prefix that is not declared too. */
  | "not-well-formed"
  /** §4.9.3.18: DOCTYPE, comment, processing instruction, entity other than the five (§11.1). */
  | "restricted-xml"
  /** §4.9.3.22. */
  | "unsupported-encoding"
  /** §4.9.3.14: a limit of `XmlLimits` was crossed. */
  | "policy-violation";

/** The input can not be read any further. */
export class XmlError extends Error {
  readonly condition: XmlCondition;
  /** `message` never repeats what the peer sent. */
  constructor(condition: XmlCondition, message: string) {
    super(message);
    this.name = "XmlError";
    this.condition = condition;
  }
}

export function unexpected(): XmlError {
  return new XmlError("not-well-formed", "a character that may not stand here");
}

export function restricted(): XmlError {
  return new XmlError("restricted-xml", "a comment, processing instruction or declaration");
}

export function crossed(message: string): XmlError {
  return new XmlError("policy-violation", message);
}
