import { Jid } from "../xmpp/jid.ts";
import { preparePassword } from "../xmpp/precis.ts";
import { decodeUtf8 } from "./base64.ts";
import { failure, type Mechanism, type MechanismStep } from "./mechanism.ts";

export interface PlainOptions {
  readonly host: string;
  /** Whether more passwords wait to be checked than makes sense. */
  readonly overloaded: () => boolean;
  /** Does the same work for an account that is not there. */
  readonly matches: (account: Jid, password: string) => Promise<boolean>;
}

/** PLAIN, RFC 4616. Whether the channel is fit for a password is decided before. */
export class Plain implements Mechanism {
  readonly #options: PlainOptions;

  constructor(options: PlainOptions) {
    this.#options = options;
  }

  step(message: Buffer): MechanismStep | Promise<MechanismStep> {
    // message = [authzid] UTF8NUL authcid UTF8NUL passwd, where authcid and passwd are not empty (RFC 4616 §2)
    const parts = decodeUtf8(message)?.split("\0");
    const [authzid, authcid, password] = parts ?? [];
    if (parts?.length !== 3 || !authcid || !password) return failure("malformed-request");
    const account = Jid.of(authcid, this.#options.host);
    const prepared = preparePassword(password);
    if (account === undefined || prepared === undefined) return failure("not-authorized");
    if (authzid && !Jid.parse(authzid)?.equals(account)) return failure("invalid-authzid");
    if (this.#options.overloaded())
      return failure("temporary-auth-failure", "too many logins at once, try again in a moment");
    return this.#check(account, prepared);
  }

  async #check(account: Jid, password: string): Promise<MechanismStep> {
    if (!(await this.#options.matches(account, password))) return failure("not-authorized");
    return { kind: "success", account, message: undefined };
  }
}
