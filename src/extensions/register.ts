// XEP-0077: In-Band Registration
import { addressBlock } from "../base/address-block.ts";
import { BoundedCache } from "../base/bounded-cache.ts";
import type { World } from "../base/world.ts";
import { AccountError, type AccountFault } from "../kernel/accounts.ts";
import { type AnyExtension, type ExtensionContext, extension } from "../kernel/extension.ts";
import type { Asker, Stranger } from "../kernel/iq.ts";
import { boolean, duration, effective, integer, reference } from "../kernel/options.ts";
import { streamFeatures } from "../kernel/points.ts";
import { element } from "../xml/element.ts";
import { type ErrorType, type StanzaCondition, StanzaError } from "../xmpp/errors.ts";
import { Jid } from "../xmpp/jid.ts";
import { childText, flag, type PayloadValue, payload } from "../xmpp/payload.ts";

/** What else the schema names (email, address, …) is not asked for, and not kept when it comes. */
const fields = {
  registered: flag(),
  instructions: childText(),
  username: childText(),
  password: childText(),
  remove: flag(),
};
const query = payload("jabber:iq:register", "query", fields);

type Query = PayloadValue<typeof fields>;

const feature = element("register", "http://jabber.org/features/iq-register");

const config = effective("now", {
  access: reference("access_rule", {
    default: "loopback",
    perHost: true,
    doc: "The access rule that says who may register an account from a client: `loopback` those on this machine, `none` nobody, `all` everybody who can connect. A rule of `access_rules` is asked about the address of the client, and about the account once its name is known; before that it has the domain alone. Accounts that exist may change their password and leave in any case.",
  }),
  interval: duration({
    default: 600_000,
    min: 0,
    doc: "Time after which one address, or one IPv6 network of 64 bits, may register another account when `burst` is used up.",
  }),
  burst: integer({
    default: 30,
    min: 1,
    doc: "Accounts that one address may register at once: a class behind one router.",
  }),
  limit_loopback: boolean({
    default: false,
    doc: "Whether `interval` and `burst` hold for loopback addresses too: for a server whose clients come through a proxy on the same machine.",
  }),
});

/** Addresses that are remembered; who has more of them than this has no need to wait for any. */
const REMEMBERED = 10_000;

/** How fast accounts may be registered from one place. */
export class RegistrationPace {
  readonly #world: Pick<World, "monotonic">;
  readonly #pace: { readonly interval: number; readonly burst: number };
  /** Monotonic time at which all of the burst is there again. */
  readonly #full = new BoundedCache<string, number>(REMEMBERED);

  /** What `pace` says is asked anew each time. */
  constructor(world: Pick<World, "monotonic">, pace: { readonly interval: number; readonly burst: number }) {
    this.#world = world;
    this.#pace = pace;
  }

  /** Whether another account may be registered now; counts as one if so. */
  take(address: string): boolean {
    const now = this.#world.monotonic();
    const block = addressBlock(address);
    const { interval, burst } = this.#pace;
    const full = Math.max(now, this.#full.get(block) ?? now) + interval;
    if (full - now > interval * burst) return false;
    this.#full.set(block, full);
    return true;
  }

  /** What was taken came to nothing. */
  giveBack(address: string): void {
    const block = addressBlock(address);
    const full = this.#full.get(block);
    if (full !== undefined) this.#full.set(block, full - this.#pace.interval);
  }
}

/** §3.3: what was sent is not repeated, for there is a password in it. */
function refusal(condition: StanzaCondition, text: string, type?: ErrorType): StanzaError {
  return new StanzaError(condition, { text, withoutContent: true, ...(type === undefined ? {} : { type }) });
}

const FAULTS: Readonly<Record<AccountFault, readonly [StanzaCondition, string]>> = {
  exists: ["conflict", "This username is taken"],
  missing: ["registration-required", "There is no such account"],
  "unknown-host": ["not-allowed", "This server has no accounts here"],
  localpart: ["jid-malformed", "This cannot be a username"],
  password: ["not-acceptable", "This password is too long or has characters that are not allowed"],
};

function refusalOf(error: unknown): unknown {
  return error instanceof AccountError ? refusal(...FAULTS[error.fault]) : error;
}

const INSTRUCTIONS = "Choose a username and password to register with this server";

/** §3.1: empty elements are what has to be filled in. */
function form(registered: boolean, username: string, instructions: string): Query {
  return { registered, instructions, username, password: "", remove: false };
}

/** Registration by those who have not logged in. */
class Registrar {
  readonly #context: Pick<Context, "accounts" | "config" | "configOf" | "log" | "rights">;
  readonly #pace: RegistrationPace;

  constructor(context: Pick<Context, "accounts" | "config" | "configOf" | "log" | "rights" | "world">) {
    this.#context = context;
    this.#pace = new RegistrationPace(context.world, context.config);
  }

  /** Whether the stranger may register this account, or one on its host. */
  allows(
    { host, remoteAddress }: Pick<Stranger, "host" | "remoteAddress">,
    account = Jid.parse(host),
  ): boolean {
    const { configOf, rights } = this.#context;
    return rights.allows(configOf(host).access, { account, address: remoteAddress });
  }

  form(stranger: Stranger): Query {
    // §3.1: as if there were no registration.
    if (!this.allows(stranger)) throw refusal("service-unavailable", "Accounts are not registered here");
    return form(false, "", INSTRUCTIONS);
  }

  async register({ username, password, remove }: Query, stranger: Stranger): Promise<undefined> {
    const account = username ? Jid.of(username, stranger.host) : undefined;
    if (!this.allows(stranger, account)) throw refusal("not-allowed", "Accounts are not registered here");
    // §3.2
    if (remove) throw refusal("unexpected-request", "Log in first");
    // §3.1: empty is the same as missing.
    if (!username || !password) throw refusal("not-acceptable", "A username and a password are needed");
    if (account === undefined) throw refusal(...FAULTS.localpart);
    // Whoever got the name of an administrator would be one.
    if (this.#context.rights.isAdministrator(account))
      throw refusal("not-allowed", "This account is not registered from clients");
    const { remoteAddress } = stranger;
    const limited = !stranger.loopback || this.#context.config.limit_loopback;
    if (limited && !this.#pace.take(remoteAddress)) {
      throw refusal("resource-constraint", "Users are not allowed to register accounts so quickly");
    }
    try {
      await this.#context.accounts.create(account, password);
    } catch (error) {
      // A name that is taken counts: else asking for names would be free.
      const taken = error instanceof AccountError && error.fault === "exists";
      if (!taken && limited) this.#pace.giveBack(remoteAddress);
      throw refusalOf(error);
    }
    this.#context.log.info("account registered", { account, address: remoteAddress });
  }
}

type Context = ExtensionContext<typeof config, Record<never, never>, Record<never, never>>;

/** The account of the one who asks, when it is one of the host that is asked. */
function ownAccount({ session, to }: Asker): Jid {
  if (session === undefined || session.account.domain !== to.domain) {
    throw refusal("service-unavailable", "Accounts are not registered here");
  }
  return session.account;
}

/** §3.3 */
async function changePassword(
  { username, password }: Query,
  account: Jid,
  { accounts, log }: Context,
): Promise<undefined> {
  if (!username || !password) throw refusal("bad-request", "A username and a password are needed");
  if (Jid.of(username, account.domain)?.equals(account) !== true) {
    throw refusal("not-allowed", "Only your own password can be changed");
  }
  try {
    await accounts.setPassword(account, password);
  } catch (error) {
    throw refusalOf(error);
  }
  log.info("password changed", { account });
}

async function removeAccount(account: Jid, { accounts, log }: Context): Promise<void> {
  try {
    await accounts.remove(account);
    log.info("account removed", { account });
  } catch (error) {
    if (error instanceof AccountError && error.fault === "missing") return;
    log.error("an account could not be removed", { account, error });
  }
}

export const register: AnyExtension = extension({
  name: "register",
  doc: "Registers accounts from clients, changes their passwords and removes them (XEP-0077).",
  xeps: { 77: "2.4" },
  features: [query.ns],
  config,
  setup(context) {
    const { iq, on, world } = context;
    const registrar = new Registrar(context);
    iq.beforeLogin("get", query, (_value, stranger) => registrar.form(stranger));
    iq.beforeLogin("set", query, (value, stranger) => registrar.register(value, stranger));
    // Nothing is offered in the clear: the streams see to that.
    on(streamFeatures, "collect", ({ phase, host, remoteAddress, features }) => {
      if (phase === "before-login" && registrar.allows({ host, remoteAddress })) features.push(feature);
    });

    iq.get(query, ["own-account", "host"], (_value, asker) =>
      form(true, ownAccount(asker).local, "You are registered; a new password can be set"),
    );
    iq.set(query, ["own-account", "host"], (value, asker) => {
      const account = ownAccount(asker);
      if (!value.remove) return changePassword(value, account, context);
      // §3.2
      if (asker.stanza.elements()[0]!.elements().length > 1) {
        throw refusal("bad-request", "Nothing else stands beside the removal");
      }
      // The removal ends the session, so the answer must be out before; and it waits for what the session has sent, this request too.
      world.soon(() => void removeAccount(account, context));
      return;
    });
  },
});
