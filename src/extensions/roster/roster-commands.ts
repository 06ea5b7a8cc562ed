import type { Accounts } from "../../kernel/accounts.ts";
import { host, hostOf, named, requireAccount, user } from "../../kernel/command-addresses.ts";
import * as argument from "../../kernel/command-arguments.ts";
import * as result from "../../kernel/command-results.ts";
import { type Command, type CommandContext, CommandError, command } from "../../kernel/commands.ts";
import { everyAccount } from "../../kernel/every-account.ts";
import type { Domains } from "../../kernel/router.ts";
import type { RosterItem, Subscription } from "../../kernel/services.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import type { AccountRoster } from "./account-roster.ts";
import { glob } from "./glob.ts";

export interface RosterCommandParts {
  readonly accounts: Pick<Accounts, "exists" | "list">;
  readonly domains: Pick<Domains, "hosts">;
  of(account: Jid): AccountRoster | Promise<AccountRoster>;
  /** Sets an item without asking anybody; presence flows where both rosters say so now. @throws StanzaError */
  put(account: Jid, contact: Jid, wish: Pick<RosterItem, "name" | "groups" | "subscription">): Promise<void>;
  /** As a client removes it. @throws StanzaError item-not-found, not-allowed */
  remove(account: Jid, contact: Jid): Promise<void>;
}

const tags = ["roster"];
const local = {
  localuser: argument.text("The name of the user whose roster it is."),
  localhost: argument.text("The domain of that user."),
};
const contactUser = argument.text("The contact's name: what stands before the @; empty for a domain.");
const contactHost = argument.text("The contact's domain.");

/** @throws CommandError bad_argument */
function contactOf(localpart: string, domain: string): Jid {
  const found = Jid.of(localpart, domain);
  if (found === undefined) {
    throw new CommandError("bad_argument", `${named(localpart, domain)} is no address.`);
  }
  return found;
}

/** What the roster refuses, as an administrator reads it. */
async function refusable<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    throw new CommandError("error", error.text ?? error.condition);
  }
}

export function rosterCommands(parts: RosterCommandParts): readonly Command[] {
  return [addItem(parts), deleteItem(parts), ...readers(parts), processItems(parts), pushAllToAll(parts)];
}

function addItem(parts: RosterCommandParts): Command {
  return command({
    name: "add_rosteritem",
    tags,
    version: 1,
    summary: "Put a contact into a user's roster",
    doc: "The user's clients get it at once. The contact is neither asked nor told; where its roster says the same, presence flows at once.",
    args: {
      ...local,
      user: contactUser,
      host: contactHost,
      nick: argument.text("The name in the roster; none when empty."),
      groups: argument.list("The groups in the roster."),
      subs: argument.choice(["none", "from", "to", "both"], "Whose presence goes where."),
    },
    result: result.code(),
    permission: "change",
    async run(args) {
      const account = await requireAccount(
        { accounts: parts.accounts, hosts: parts.domains.hosts },
        args.localuser,
        args.localhost,
      );
      const contact = contactOf(args.user, args.host);
      if (contact.equals(account)) throw new CommandError("bad_argument", "Nobody is their own contact.");
      const name = args.nick === "" ? undefined : args.nick;
      const groups = [...new Set(args.groups.filter((group) => group !== ""))];
      await refusable(() => parts.put(account, contact, { name, groups, subscription: args.subs }));
    },
  });
}

function deleteItem(parts: RosterCommandParts): Command {
  return command({
    name: "delete_rosteritem",
    tags,
    summary: "Take a contact out of a user's roster",
    doc: "As if a client of the user had done it: the subscriptions end on both sides. A contact that is not there is no failure.",
    args: { ...local, user: contactUser, host: contactHost },
    result: result.code(),
    permission: "change",
    async run(args, context) {
      const account = await requireAccount(
        { accounts: parts.accounts, hosts: parts.domains.hosts },
        args.localuser,
        args.localhost,
      );
      const contact = contactOf(args.user, args.host);
      if ((await parts.of(account)).shown(contact) === undefined) {
        context.note(`${contact} is not in the roster of ${account}.`);
        return;
      }
      await refusable(() => parts.remove(account, contact));
    },
  });
}

/** What of a subscription waits for an answer, in ejabberd's words. */
function pendingOf(roster: AccountRoster, contact: Jid): "none" | "out" | "in" | "both" {
  const { ask, request } = roster.state(contact);
  if (request === undefined) return ask ? "out" : "none";
  return ask ? "both" : "in";
}

interface Row {
  readonly jid: string;
  readonly nick: string;
  readonly subscription: Subscription;
  readonly pending: string;
  readonly groups: readonly string[];
}

function rowsOf(roster: AccountRoster): readonly Row[] {
  const contacts = new Map(Array.from(roster.contacts(), (contact) => [contact.toString(), contact]));
  for (const { from } of roster.requests()) contacts.set(from!.toString(), from!);
  return [...contacts.values()].map((contact) => {
    const item = roster.shown(contact);
    return {
      jid: contact.toString(),
      nick: item?.name ?? "",
      subscription: item?.subscription ?? "none",
      pending: pendingOf(roster, contact),
      groups: item?.groups ?? [],
    };
  });
}

function readers(parts: RosterCommandParts): readonly Command[] {
  const rows = async (
    args: { readonly user: string; readonly host: string },
    context: CommandContext,
  ): Promise<readonly Row[]> => {
    const account = Jid.of(args.user, args.host);
    const there =
      account !== undefined &&
      parts.domains.hosts.includes(account.domain) &&
      (await parts.accounts.exists(account));
    if (there) return rowsOf(await parts.of(account));
    context.note(`There is no account ${named(args.user, args.host)}.`);
    return [];
  };
  return [
    command({
      name: "get_roster",
      tags,
      summary: "List the contacts of a user",
      doc: "Those of shared roster groups too. `pending` is none, in (the contact waits for an answer), out (the user waits) or both.",
      args: { user, host },
      result: result.rows({
        jid: "string",
        nick: "string",
        subscription: "string",
        pending: "string",
        groups: "list",
      }),
      permission: "read",
      run: rows,
    }),
    command({
      name: "get_roster_count",
      tags,
      summary: "Count the contacts of a user",
      args: { user, host },
      result: result.integer("How many `get_roster` lists."),
      permission: "read",
      run: async (args, context) => (await rows(args, context)).length,
    }),
  ];
}

/** @throws CommandError bad_argument */
function filter(name: string, given: string, known: readonly string[]): (value: string) => boolean {
  if (given === "any") return () => true;
  const wanted = given.split(":");
  const wrong = wanted.find((word) => !known.includes(word));
  if (wrong !== undefined) {
    throw new CommandError("bad_argument", `'${name}' must be any, or of ${known.join(", ")}.`);
  }
  return (value) => wanted.includes(value);
}

/** @throws CommandError bad_argument */
function addresses(name: string, given: string): (jid: string) => boolean {
  const found = glob(given);
  if (found === undefined) throw new CommandError("bad_argument", `A bracket in '${name}' does not end.`);
  return found;
}

const PATTERN =
  "any, or addresses with colons between them, in which *, ?, [abc] and [!abc] stand for others.";

function processItems(parts: RosterCommandParts): Command {
  return command({
    name: "process_rosteritems",
    tags,
    summary: "List or remove contacts in all rosters",
    doc: "What the users have themselves, without shared roster groups. Contacts are removed as `delete_rosteritem` does.",
    args: {
      action: argument.choice(["list", "delete"], "What to do with what fits."),
      subs: argument.text("Subscriptions: any, or of none, from, to, both with colons between them.", "any"),
      asks: argument.text(
        "What waits for an answer: any, or of none, out, in with colons between them.",
        "any",
      ),
      users: argument.text(`The users: ${PATTERN}`, "*@example.org"),
      contacts: argument.text(`The contacts: ${PATTERN}`, "any"),
    },
    result: result.rows({ user: "string", contact: "string" }),
    permission: "change",
    async run(args, { signal }) {
      const subs = filter("subs", args.subs, ["none", "from", "to", "both"]);
      const asks = filter("asks", args.asks, ["none", "out", "in"]);
      const users = addresses("users", args.users);
      const contacts = addresses("contacts", args.contacts);
      const found: { user: string; contact: string }[] = [];
      for await (const account of everyAccount(
        (...page) => parts.accounts.list(...page),
        parts.domains.hosts,
      )) {
        if (signal.aborted) throw new CommandError("error", "Cancelled.");
        if (!users(account.toString())) continue;
        const roster = await parts.of(account);
        const fitting = [...roster.contacts()].filter((contact) => {
          const item = roster.own(contact);
          const pending = pendingOf(roster, contact);
          const asked = pending === "both" ? asks("in") || asks("out") : asks(pending);
          return item !== undefined && subs(item.subscription) && asked && contacts(contact.toString());
        });
        for (const contact of fitting) {
          if (args.action === "delete") await refusable(() => parts.remove(account, contact));
          found.push({ user: account.toString(), contact: contact.toString() });
        }
      }
      return found;
    },
  });
}

function pushAllToAll(parts: RosterCommandParts): Command {
  return command({
    name: "push_alltoall",
    tags,
    summary: "Put all users of a host into each other's rosters",
    doc: "Once, for those who are there now; a shared roster group (`srg_create`, `srg_set_info GROUP HOST all_users true`) does the same without writing, and goes on doing it.",
    args: { host, group: argument.text("The group in the rosters.") },
    result: result.code(),
    permission: "change",
    async run(args, { signal }) {
      const domain = hostOf(parts.domains.hosts, args.host);
      const all: Jid[] = [];
      for await (const account of everyAccount((...page) => parts.accounts.list(...page), [domain]))
        all.push(account);
      const groups = args.group === "" ? [] : [args.group];
      for (const account of all) {
        for (const contact of all) {
          if (signal.aborted) throw new CommandError("error", "Cancelled.");
          if (contact === account) continue;
          const wish = { name: contact.local, groups, subscription: "both" } as const;
          await refusable(() => parts.put(account, contact, wish));
        }
      }
    },
  });
}
