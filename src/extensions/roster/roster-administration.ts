import type { ExtensionContext } from "../../kernel/extension.ts";
import type { Options } from "../../kernel/options.ts";
import { contactRemoved, presenceFlow } from "../../kernel/points.ts";
import type { RosterItem } from "../../kernel/services.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { AccountRoster } from "./account-roster.ts";
import type { RosterChanges } from "./roster-changes.ts";
import type { Rosters } from "./rosters.ts";
import { isSubscribed } from "./shared-items.ts";

type Context = Pick<ExtensionContext<Options, Record<never, never>, Record<never, never>>, "run" | "domains">;

/** What is done to rosters beside what their owners do. */
export class RosterAdministration {
  readonly #context: Context;
  readonly #rosters: Rosters;
  readonly #changes: RosterChanges;

  constructor(context: Context, rosters: Rosters, changes: RosterChanges) {
    this.#context = context;
    this.#rosters = rosters;
    this.#changes = changes;
  }

  of(account: Jid): AccountRoster | Promise<AccountRoster> {
    return this.#rosters.of(account);
  }

  /** Sets an item without asking anybody; presence flows where both rosters say so now. @throws StanzaError */
  async put(
    account: Jid,
    contact: Jid,
    wish: Pick<RosterItem, "name" | "groups" | "subscription">,
  ): Promise<void> {
    const before = await this.#flows(account, contact);
    await this.#changes.put(account, contact, wish);
    const after = await this.#flows(account, contact);
    for (const [index, flows] of after.entries()) {
      const [from, to] = index === 0 ? [account, contact] : [contact, account];
      if (flows !== before[index]) await this.#context.run(presenceFlow, { from, to, flows });
    }
  }

  /** As a client removes it. @throws StanzaError item-not-found, not-allowed */
  async remove(account: Jid, contact: Jid): Promise<void> {
    const removed = await this.#changes.set(account, { contact, remove: true });
    if (removed !== undefined) await this.removed(account, contact, removed);
  }

  /** A contact that a shared group brings all the same stays, and so does its presence. */
  async removed(account: Jid, contact: Jid, item: RosterItem): Promise<void> {
    const found = await this.#rosters.of(account);
    if (found.shared(contact) === undefined)
      await this.#context.run(contactRemoved, { account, contact, item });
  }

  /** Whether the account's presence reaches the contact, and the contact's the account, by what both rosters say. Never with somebody elsewhere. */
  async #flows(account: Jid, contact: Jid): Promise<readonly [boolean, boolean]> {
    if (!this.#context.domains.isHost(contact.domain) || contact.local === "") return [false, false];
    const mine = (await this.#rosters.of(account)).get(contact);
    const theirs = (await this.#rosters.of(contact)).get(account);
    const sees = (one: RosterItem | undefined, other: RosterItem | undefined): boolean =>
      isSubscribed(one) && (other?.subscription === "from" || other?.subscription === "both");
    return [sees(theirs, mine), sees(mine, theirs)];
  }
}
