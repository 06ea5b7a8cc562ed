import { when } from "../base/when.ts";
import type { World } from "../base/world.ts";
import type { Accounts } from "../kernel/accounts.ts";
import type {
  Authentication,
  SaslChannel,
  SaslCondition,
  SaslExchange,
  SaslStep,
} from "../kernel/authentication.ts";
import type { Bans } from "../kernel/bans.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { CredentialStore } from "./credential-store.ts";
import { FailureDelay, type FailureDelayOptions } from "./failure-delay.ts";
import { failure, type Mechanism, type MechanismStep } from "./mechanism.ts";
import { Negotiation } from "./negotiation.ts";
import { Plain } from "./plain.ts";
import type { ScramHash } from "./primitives.ts";
import { Scram } from "./scram.ts";

export type MechanismName = `SCRAM-${ScramHash}` | `SCRAM-${ScramHash}-PLUS` | "PLAIN";

interface MechanismEntry {
  readonly name: MechanismName;
  /** undefined: PLAIN. */
  readonly hash: ScramHash | undefined;
  readonly plus: boolean;
}

/** Strongest first: what binds to the channel, then the hash, then the password in the clear (RFC 6120 §6.3.3). */
const MECHANISMS: readonly MechanismEntry[] = [
  { name: "SCRAM-SHA-512-PLUS", hash: "SHA-512", plus: true },
  { name: "SCRAM-SHA-256-PLUS", hash: "SHA-256", plus: true },
  { name: "SCRAM-SHA-1-PLUS", hash: "SHA-1", plus: true },
  { name: "SCRAM-SHA-512", hash: "SHA-512", plus: false },
  { name: "SCRAM-SHA-256", hash: "SHA-256", plus: false },
  { name: "SCRAM-SHA-1", hash: "SHA-1", plus: false },
  { name: "PLAIN", hash: undefined, plus: false },
];

/** RFC 9266 first: a stolen certificate and key do not help against it. XEP-0440 demands the other one too. */
const BINDINGS: readonly string[] = ["tls-exporter", "tls-server-end-point"];

/** 144 bits, in 24 characters of base64. */
const NONCE_BYTES = 18;

export interface SaslAuthenticationOptions {
  readonly world: Pick<World, "monotonic" | "random" | "after">;
  readonly accounts: Pick<Accounts, "exists">;
  readonly bans: Pick<Bans, "of">;
  readonly credentials: CredentialStore;
  /** Gets what made a login end in temporary-auth-failure. */
  readonly broken: (error: unknown) => void;
  /** Mechanisms that are not offered. */
  readonly disabled?: readonly MechanismName[];
  /** The attribute `h` of XEP-0474 in SCRAM's first challenge (true). */
  readonly downgradeProtection?: boolean;
  readonly failureDelay?: FailureDelayOptions;
  /** The server's part of SCRAM nonces; for test vectors. */
  readonly nonce?: () => string;
}

/** Who tries, and whom once that is known. */
interface Attempt {
  readonly address: string;
  account: string;
}

/** SASL for client streams: SCRAM and PLAIN on the accounts of the store. ANONYMOUS and DIGEST-MD5 do not exist here. */
export class SaslAuthentication implements Authentication {
  readonly #options: SaslAuthenticationOptions;
  readonly #delay: FailureDelay;
  readonly #nonce: () => string;

  constructor(options: SaslAuthenticationOptions) {
    this.#options = options;
    this.#delay = new FailureDelay(options.world, options.failureDelay);
    this.#nonce = options.nonce ?? (() => options.world.random(NONCE_BYTES).toString("base64"));
  }

  mechanisms(channel: SaslChannel): readonly string[] {
    if (channel.tls === undefined && !channel.insecureAllowed) return [];
    const bindable = this.channelBindings(channel).length > 0;
    return MECHANISMS.filter((entry) => this.#enabled(entry) && (bindable || !entry.plus)).map(
      (entry) => entry.name,
    );
  }

  channelBindings(channel: SaslChannel): readonly string[] {
    return BINDINGS.filter((type) => bindingData(channel, type) !== undefined);
  }

  begin(
    channel: SaslChannel,
    mechanism: string,
    initial: string | undefined,
  ): { readonly exchange: SaslExchange; readonly step: SaslStep | Promise<SaslStep> } {
    const entry = MECHANISMS.find(({ name }) => name === mechanism);
    if (entry === undefined || !this.#enabled(entry)) return refused("invalid-mechanism");
    // RFC 6120 §6.5.4
    if (channel.tls === undefined && !channel.insecureAllowed) return refused("encryption-required");
    if (!this.mechanisms(channel).includes(entry.name)) return refused("invalid-mechanism");
    const attempt: Attempt = { address: channel.remoteAddress, account: "" };
    const exchange = new Negotiation({
      mechanism:
        entry.hash === undefined
          ? this.#plain(channel, attempt)
          : this.#scram(channel, attempt, entry.hash, entry.plus),
      name: entry.name,
      conclude: (step) => this.#conclude(step, attempt),
      broken: this.#options.broken,
    });
    return { exchange, step: exchange.begin(initial) };
  }

  #enabled(entry: MechanismEntry): boolean {
    return !this.#options.disabled?.includes(entry.name);
  }

  #plain(channel: SaslChannel, attempt: Attempt): Mechanism {
    const { credentials } = this.#options;
    return new Plain({
      host: channel.host,
      overloaded: () => credentials.tools.derivation.overloaded,
      matches: async (account, password) => {
        await this.#admission(attempt, account);
        return credentials.matches(account, password);
      },
    });
  }

  #scram(channel: SaslChannel, attempt: Attempt, hash: ScramHash, plus: boolean): Mechanism {
    const { credentials, downgradeProtection } = this.#options;
    const offered = this.mechanisms(channel);
    return new Scram({
      host: channel.host,
      hash,
      plus,
      plusOffered: offered.some((name) => name.endsWith("-PLUS")),
      binding: (type) => bindingData(channel, type),
      downgradeHash: downgradeProtection === false ? undefined : this.#downgradeHash(channel, hash, offered),
      nonce: this.#nonce,
      primitives: credentials.tools.primitives,
      keys: async (account, name) => {
        await this.#admission(attempt, account);
        return credentials.keys(account, name);
      },
    });
  }

  /** XEP-0474 §6.1: what was advertised, sorted by octet, hashed with the mechanism's own hash. */
  #downgradeHash(channel: SaslChannel, hash: ScramHash, offered: readonly string[]): string {
    const bindings = this.channelBindings(channel);
    const lists = bindings.length === 0 ? [offered] : [offered, bindings];
    const text = lists.map((list) => list.toSorted().join("\x1e")).join("\x1f");
    return this.#options.credentials.tools.primitives.digest(hash, text).toString("base64");
  }

  /** Before anything secret is looked at: the account is known, and whether it exists is not. */
  #admission(attempt: Attempt, account: Jid): Promise<void> | undefined {
    attempt.account = account.toString();
    const wait = this.#delay.wait(attempt.address, attempt.account);
    return wait === 0 ? undefined : new Promise((resolve) => this.#options.world.after(wait, resolve));
  }

  #conclude(step: MechanismStep, attempt: Attempt): MechanismStep | Promise<MechanismStep> {
    if (step.kind === "failure" && step.condition === "not-authorized" && !step.harmless)
      this.#delay.failed(attempt.address, attempt.account);
    if (step.kind !== "success") return step;
    // The account may have been removed or banned since its keys were read.
    return when(this.#options.accounts.exists(step.account), (present) => {
      if (!present) return failure("not-authorized");
      return when(this.#options.bans.of(step.account), (ban) =>
        // Said to those only who know the password: to others the account is like any other.
        ban === undefined ? step : failure("account-disabled", `Account is banned: ${ban.reason}`),
      );
    });
  }
}

function bindingData(channel: SaslChannel, type: string): Buffer | undefined {
  if (type === "tls-exporter") return channel.tls?.exporter();
  if (type === "tls-server-end-point") return channel.tls?.endPoint();
  return undefined;
}

function refused(condition: SaslCondition): { exchange: SaslExchange; step: SaslStep } {
  const exchange: SaslExchange = { step: () => ({ kind: "failure", condition: "malformed-request" }) };
  return { exchange, step: { kind: "failure", condition } };
}
