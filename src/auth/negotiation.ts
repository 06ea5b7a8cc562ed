import type { SaslExchange, SaslStep } from "../kernel/authentication.ts";
import { decodeBase64 } from "./base64.ts";
import type { Mechanism, MechanismStep } from "./mechanism.ts";

/** The longest message of any mechanism, in base64 characters: three addresses' worth and a password. */
const LONGEST_MESSAGE = 6_144;

const OUT_OF_TURN: SaslStep = { kind: "failure", condition: "malformed-request" };

export interface NegotiationOptions {
  readonly mechanism: Mechanism;
  readonly name: string;
  /** The steps that end the exchange pass here; what it gives back is what the client gets. */
  readonly conclude: (step: MechanismStep) => MechanismStep | Promise<MechanismStep>;
  /** What a mechanism could not handle, such as a failing store; the client gets temporary-auth-failure. */
  readonly broken: (error: unknown) => void;
}

/** One exchange in the terms of RFC 6120 §6.4: base 64, order of steps, and an end. */
export class Negotiation implements SaslExchange {
  readonly #options: NegotiationOptions;
  #state: "first" | "ready" | "busy" | "over" = "first";

  constructor(options: NegotiationOptions) {
    this.#options = options;
  }

  /** The answer to <auth/>; `initial` is its text, and undefined or "" when it carries no initial response. */
  begin(initial: string | undefined): SaslStep | Promise<SaslStep> {
    // All mechanisms here begin with the client; it gets an empty challenge to answer (RFC 4422 §5).
    if (initial === undefined || initial === "") return { kind: "challenge", data: "" };
    // RFC 6120 §6.4.2: a response that is there and empty.
    return this.step(initial === "=" ? "" : initial);
  }

  step(data: string): SaslStep | Promise<SaslStep> {
    const state = this.#state;
    if (state === "busy" || state === "over") return OUT_OF_TURN;
    if (data.length > LONGEST_MESSAGE) return this.#fail("malformed-request");
    const message = decodeBase64(data);
    if (message === undefined) return this.#fail("incorrect-encoding");
    this.#state = "busy";
    return this.#settle(this.#take(message));
  }

  #fail(condition: "malformed-request" | "incorrect-encoding"): SaslStep {
    this.#state = "over";
    return { kind: "failure", condition };
  }

  #take(message: Buffer): MechanismStep | Promise<MechanismStep> {
    const step = this.#options.mechanism.step(message);
    return step instanceof Promise ? step.then((value) => this.#conclude(value)) : this.#conclude(step);
  }

  #conclude(step: MechanismStep): MechanismStep | Promise<MechanismStep> {
    return step.kind === "challenge" ? step : this.#options.conclude(step);
  }

  #settle(step: MechanismStep | Promise<MechanismStep>): SaslStep | Promise<SaslStep> {
    if (!(step instanceof Promise)) return this.#answer(step);
    return step.then(
      (value) => this.#answer(value),
      (error: unknown) => {
        this.#options.broken(error);
        return this.#answer({ kind: "failure", condition: "temporary-auth-failure" });
      },
    );
  }

  #answer(step: MechanismStep): SaslStep {
    this.#state = step.kind === "challenge" ? "ready" : "over";
    if (step.kind === "challenge") return { kind: "challenge", data: encode(step.message) };
    if (step.kind === "failure") return step;
    const data = step.message === undefined ? undefined : encode(step.message);
    return { kind: "success", account: step.account, mechanism: this.#options.name, data };
  }
}

function encode(message: string): string {
  return Buffer.from(message).toString("base64");
}
