import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

export type ScramClientHash = "SHA-1" | "SHA-256" | "SHA-512";

export interface ScramClientOptions {
  readonly hash: ScramClientHash;
  readonly username: string;
  readonly password: string;
  /** With a binding the mechanism is the -PLUS one. */
  readonly binding?: { readonly type: string; readonly data: Uint8Array };
  /** Without a binding: "n" (default) cannot bind, "y" could and saw no -PLUS offered. */
  readonly flag?: "n" | "y";
  readonly authzid?: string;
  readonly nonce?: string;
  /** What a faulty client repeats instead of the nonce it got, with a proof that agrees. */
  readonly repeat?: (nonce: string) => string;
  /** What the stream features showed: `h` of XEP-0474 must agree with it. Not checked when absent. */
  readonly advertised?: { readonly mechanisms: readonly string[]; readonly bindings: readonly string[] };
}

/** The client's side of SCRAM (RFC 5802), for tests: written apart from the server's, blocking, without mercy for errors. */
export class ScramClient {
  readonly mechanism: string;
  readonly #options: ScramClientOptions;
  readonly #node: string;
  readonly #nonce: string;
  readonly #header: string;
  readonly #bare: string;
  #serverSignature = "";

  constructor(options: ScramClientOptions) {
    this.#options = options;
    this.#node = options.hash.toLowerCase().replace("-", "");
    this.mechanism = `SCRAM-${options.hash}${options.binding === undefined ? "" : "-PLUS"}`;
    this.#nonce = options.nonce ?? randomBytes(18).toString("base64");
    const flag = options.binding === undefined ? (options.flag ?? "n") : `p=${options.binding.type}`;
    const authzid = options.authzid === undefined ? "" : `a=${saslName(options.authzid)}`;
    this.#header = `${flag},${authzid},`;
    this.#bare = `n=${saslName(options.username)},r=${this.#nonce}`;
  }

  /** client-first-message */
  first(): string {
    return this.#header + this.#bare;
  }

  /** client-final-message for a server-first-message. */
  final(serverFirst: string): string {
    const attributes = new Map(serverFirst.split(",").map((part) => [part[0], part.slice(2)]));
    const nonce = attributes.get("r") ?? "";
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce)
      throw new Error(`the server's nonce ${nonce} does not extend ${this.#nonce}`);
    this.#checkDowngrade(attributes.get("h"));
    const salt = Buffer.from(attributes.get("s") ?? "", "base64");
    const length = createHash(this.#node).digest().length;
    const salted = pbkdf2Sync(this.#options.password, salt, Number(attributes.get("i")), length, this.#node);
    const clientKey = this.#hmac(salted, "Client Key");
    const storedKey = createHash(this.#node).update(clientKey).digest();
    const binding = Buffer.concat([
      Buffer.from(this.#header),
      this.#options.binding?.data ?? Buffer.alloc(0),
    ]);
    const repeated = this.#options.repeat?.(nonce) ?? nonce;
    const withoutProof = `c=${binding.toString("base64")},r=${repeated}`;
    const signed = `${this.#bare},${serverFirst},${withoutProof}`;
    const signature = this.#hmac(storedKey, signed);
    const proof = clientKey.map((byte, index) => byte ^ signature[index]!);
    this.#serverSignature = this.#hmac(this.#hmac(salted, "Server Key"), signed).toString("base64");
    return `${withoutProof},p=${Buffer.from(proof).toString("base64")}`;
  }

  /** Whether a server-final-message proves that the server knows the keys. */
  verify(serverFinal: string): boolean {
    return serverFinal === `v=${this.#serverSignature}`;
  }

  #checkDowngrade(hash: string | undefined): void {
    const { advertised } = this.#options;
    if (advertised === undefined) return;
    const mechanisms = advertised.mechanisms.toSorted().join("\x1e");
    const bindings = advertised.bindings.toSorted().join("\x1e");
    const text = advertised.bindings.length === 0 ? mechanisms : `${mechanisms}\x1f${bindings}`;
    const expected = createHash(this.#node).update(text).digest("base64");
    if (hash !== expected) throw new Error(`h=${hash}, but what was advertised gives ${expected}`);
  }

  #hmac(key: Uint8Array, data: string): Buffer {
    return createHmac(this.#node, key).update(data).digest();
  }
}

/** Text as the content of a SASL element. */
export function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}

export function fromBase64(text: string): string {
  return Buffer.from(text, "base64").toString();
}

function saslName(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}
