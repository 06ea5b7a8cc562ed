import { Jid } from "../xmpp/jid.ts";
import { decodeUtf8 } from "./base64.ts";
import type { FoundKeys } from "./credential-store.ts";
import type { ScramKeys } from "./credentials.ts";
import { failure, type Mechanism, type MechanismStep } from "./mechanism.ts";
import { equalSecrets, type Primitives, type ScramHash } from "./primitives.ts";
import { type ClientFirst, type Gs2Flag, parseClientFinal, parseClientFirst } from "./scram-messages.ts";

export interface ScramOptions {
  readonly host: string;
  readonly hash: ScramHash;
  /** Whether the client chose the mechanism's -PLUS form. */
  readonly plus: boolean;
  /** Whether -PLUS forms were offered on this channel. */
  readonly plusOffered: boolean;
  /** The channel's data for a binding type, undefined for types that it does not have. */
  readonly binding: (type: string) => Buffer | undefined;
  /** The value of the attribute `h` of XEP-0474, undefined to leave it out. */
  readonly downgradeHash: string | undefined;
  /** At least 128 bits of chance in printable characters without comma. */
  readonly nonce: () => string;
  readonly primitives: Primitives;
  readonly keys: (account: Jid, hash: ScramHash) => Promise<FoundKeys>;
}

interface Challenged {
  readonly account: Jid;
  readonly keys: ScramKeys;
  readonly known: boolean;
  readonly nonce: string;
  /** client-first-message-bare "," server-first-message */
  readonly transcript: string;
  /** The cbind-input that the client must repeat. */
  readonly binding: Buffer;
}

/**
 * RFC 5802 §6. Clients that know other types of channel binding than we do come here with every form of SCRAM before they try PLAIN
 * (slixmpp 1.8 has only tls-unique).
 */
const unbound: MechanismStep = { kind: "failure", condition: "not-authorized", harmless: true };

/** The server side of SCRAM, RFC 5802 with the hashes of RFC 7677 and SHA-512, with and without channel binding. */
export class Scram implements Mechanism {
  readonly #options: ScramOptions;
  #challenged: Challenged | undefined;

  constructor(options: ScramOptions) {
    this.#options = options;
  }

  step(message: Buffer): MechanismStep | Promise<MechanismStep> {
    const text = decodeUtf8(message);
    if (text === undefined) return failure("malformed-request", "not UTF-8");
    return this.#challenged === undefined ? this.#first(text) : this.#final(text, this.#challenged);
  }

  #first(text: string): MechanismStep | Promise<MechanismStep> {
    const first = parseClientFirst(text);
    if (first === undefined) return failure("malformed-request");
    const binding = this.#bind(first.flag, first.gs2Header);
    if (!Buffer.isBuffer(binding)) return binding;
    const account = Jid.of(first.username, this.#options.host);
    if (account === undefined) return failure("not-authorized");
    // RFC 6120 §6.3.8: nobody acts for somebody else, so whether the account is there does not matter.
    if (first.authzid !== undefined && !Jid.parse(first.authzid)?.equals(account))
      return failure("invalid-authzid");
    return this.#challenge(first, account, binding);
  }

  /** The cbind-input to expect (RFC 5802 §7), or the failure that RFC 5802 §6 asks for. */
  #bind(flag: Gs2Flag, gs2Header: string): Buffer | MechanismStep {
    const { plus, plusOffered, binding } = this.#options;
    // The flag is "p" if and only if the mechanism's name ends in -PLUS.
    if ((flag.kind === "p") !== plus) return failure("malformed-request");
    const header = Buffer.from(gs2Header);
    if (flag.kind === "p") {
      const data = binding(flag.type);
      return data === undefined ? unbound : Buffer.concat([header, data]);
    }
    // The client would have bound had it seen our offer: somebody took it out.
    return flag.kind === "y" && plusOffered ? unbound : header;
  }

  async #challenge(first: ClientFirst, account: Jid, binding: Buffer): Promise<MechanismStep> {
    const { hash, downgradeHash } = this.#options;
    const { keys, known } = await this.#options.keys(account, hash);
    const nonce = first.nonce + this.#options.nonce();
    const extension = downgradeHash === undefined ? "" : `,h=${downgradeHash}`;
    const message = `r=${nonce},s=${keys.salt.toString("base64")},i=${keys.iterations}${extension}`;
    const transcript = `${first.bare},${message}`;
    this.#challenged = { account, keys, known, nonce, transcript, binding };
    return { kind: "challenge", message };
  }

  #final(text: string, challenged: Challenged): MechanismStep {
    const final = parseClientFinal(text);
    if (final === undefined) return failure("malformed-request");
    const { hash, primitives } = this.#options;
    const { account, keys } = challenged;
    const signed = `${challenged.transcript},${final.withoutProof}`;
    const signature = primitives.hmac(hash, keys.storedKey, signed);
    const serverSignature = primitives.hmac(hash, keys.serverKey, signed);
    const storedKey = primitives.digest(hash, exclusiveOr(final.proof, signature));
    // Each comparison is made whatever the others say, also for an account that is not there.
    const proven = equalSecrets(storedKey, keys.storedKey) && final.proof.length === signature.length;
    const sameNonce = equalSecrets(Buffer.from(final.nonce), Buffer.from(challenged.nonce));
    const bound = equalSecrets(final.binding, challenged.binding);
    if (!(proven && sameNonce && bound && challenged.known)) return failure("not-authorized");
    return { kind: "success", account, message: `v=${serverSignature.toString("base64")}` };
  }
}

/** As long as `one`. */
function exclusiveOr(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));
}
