import type { Authentication, SaslStep } from "../kernel/authentication.ts";
import { Jid } from "../xmpp/jid.ts";

export type LoginAnswer =
  | { readonly account: Jid }
  /** `later`: the server cannot say now; `refused`: the password is wrong, or the account may not log in. */
  | { readonly fault: "refused" | "later" };

export interface PasswordLoginOptions {
  readonly authentication: Authentication;
  /** The domains that have accounts here. */
  readonly hosts: { has(domain: string): boolean };
}

/** Logins with a password outside of streams. They take the way of SASL PLAIN, so what slows and refuses logins there does it here as well. */
export class PasswordLogin {
  readonly #options: PasswordLoginOptions;

  constructor(options: PasswordLoginOptions) {
    this.#options = options;
  }

  /** `user` is a bare address. That nobody can read the password on its way is for the caller to see to. */
  async check(user: string, password: string, address: string): Promise<LoginAnswer> {
    const account = Jid.parse(user);
    // The hosts are no secret; a stranger's must leave nothing behind.
    if (
      account === undefined ||
      !account.isBare ||
      account.local === "" ||
      !this.#options.hosts.has(account.domain)
    )
      return { fault: "refused" };
    const channel = {
      host: account.domain,
      tls: undefined,
      remoteAddress: address,
      insecureAllowed: true,
    };
    const message = Buffer.from(`\0${account.local}\0${password}`).toString("base64");
    const step: SaslStep = await this.#options.authentication.begin(channel, "PLAIN", message).step;
    if (step.kind === "success") return { account: step.account };
    const later = step.kind === "failure" && step.condition === "temporary-auth-failure";
    return { fault: later ? "later" : "refused" };
  }
}
