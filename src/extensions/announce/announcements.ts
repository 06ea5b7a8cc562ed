import type { World } from "../../base/world.ts";
import type { Accounts } from "../../kernel/accounts.ts";
import { CommandError } from "../../kernel/commands.ts";
import { everyAccount } from "../../kernel/every-account.ts";
import type { Outcome } from "../../kernel/outcomes.ts";
import type { Router } from "../../kernel/router.ts";
import type { Sessions } from "../../kernel/sessions.ts";
import { element } from "../../xml/element.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { CONTENT } from "../../xmpp/namespaces.ts";
import { Stanza } from "../../xmpp/stanza.ts";

/** What is announced. */
export interface Announcement {
  readonly subject: string;
  readonly body: string;
}

export interface AnnouncementParts {
  readonly accounts: Pick<Accounts, "list">;
  readonly router: Pick<Router, "send">;
  readonly sessions: Sessions;
  readonly world: Pick<World, "random">;
}

/** What a host says to its users. */
export class Announcements {
  readonly #parts: AnnouncementParts;

  constructor(parts: AnnouncementParts) {
    this.#parts = parts;
  }

  /** A headline to the full address of every session of these hosts, each from its own host; resolves with the accounts that have got it. */
  async toOnline(hosts: readonly string[], announcement: Announcement): Promise<readonly Jid[]> {
    const { sessions } = this.#parts;
    const receivers = [...sessions.connected()].filter(({ jid }) => hosts.includes(jid.domain));
    const outcomes = await Promise.all(receivers.map(({ jid }) => this.send(jid, "headline", announcement)));
    const reached = receivers.filter((_, index) => outcomes[index] === "delivered");
    return [...new Map(reached.map(({ account }) => [account.toString(), account])).values()];
  }

  /** To every account; who is away gets it as an ordinary message, which is kept, for a headline would be lost. @throws CommandError when cancelled */
  async toAll(
    hosts: readonly string[],
    announcement: Announcement,
    signal: AbortSignal,
  ): Promise<{ readonly sent: number; readonly refused: number }> {
    const { accounts, sessions } = this.#parts;
    let sent = 0;
    let refused = 0;
    for await (const account of everyAccount((...page) => accounts.list(...page), hosts)) {
      if (signal.aborted) throw new CommandError("error", `Cancelled after ${sent} users.`);
      const there = sessions
        .of(account)
        .some(({ presence, priority }) => presence !== undefined && priority >= 0);
      const outcome = await this.send(account, there ? "headline" : "normal", announcement);
      if (outcome === "delivered" || outcome === "stored") sent++;
      else refused++;
    }
    return { sent, refused };
  }

  send(to: Jid, type: "headline" | "normal", { subject, body }: Announcement): Outcome | Promise<Outcome> {
    const { router, world } = this.#parts;
    const head = { from: to.domainJid, to, type, id: world.random(8).toString("hex") };
    const text = (name: string, value: string) =>
      value === "" ? undefined : element(name, CONTENT, { "xml:lang": "en" }, value);
    return router.send(Stanza.of("message", head, text("subject", subject), text("body", body)));
  }
}
