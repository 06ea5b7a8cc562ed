import type { World } from "../base/world.ts";
import type { Accounts } from "../kernel/accounts.ts";
import type { MessageArchive } from "../kernel/archive.ts";
import { host, requireAccount, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import { everyAccount } from "../kernel/every-account.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import { Jid } from "../xmpp/jid.ts";

export interface ArchiveServices {
  readonly archive: MessageArchive;
  readonly accounts: Pick<Accounts, "exists">;
  readonly server: Pick<ServerControl, "hosts">;
  readonly world: Pick<World, "now">;
}

const tags = ["mam"];
const DAY = 24 * 60 * 60 * 1000;
const PAGE = 500;
const REMOVED = "MAM archive removed";
const waits = "Messages that still wait for the user stay.";

export function archiveCommands(services: ArchiveServices): readonly Command[] {
  return [count(services), removeAll(services), removeWithPeer(services), removeOld(services)];
}

function count({ archive, accounts, server }: ArchiveServices): Command {
  return command({
    name: "get_mam_count",
    tags,
    summary: "Count the messages in a user's archive",
    args: { user, host },
    result: result.integer("How many messages the archive has."),
    permission: "read",
    run: async (args) =>
      archive.count(await requireAccount({ accounts, hosts: server.hosts }, args.user, args.host)),
  });
}

function removeAll({ archive, accounts, server }: ArchiveServices): Command {
  return command({
    name: "remove_mam_for_user",
    tags,
    summary: "Empty a user's archive",
    doc: `${waits} The archives of others keep their copies.`,
    args: { user, host },
    result: result.text("That it was done."),
    permission: "change",
    async run(args) {
      const account = await requireAccount({ accounts, hosts: server.hosts }, args.user, args.host);
      await archive.trim(account, { newest: 0 });
      return REMOVED;
    },
  });
}

function removeWithPeer({ archive, accounts, server }: ArchiveServices): Command {
  return command({
    name: "remove_mam_for_user_with_peer",
    tags,
    summary: "Remove what a user has exchanged with somebody from the user's archive",
    doc: `${waits} The peer's archive keeps its copy.`,
    args: { user, host, with: argument.text("The address of the other side.") },
    result: result.text("That it was done."),
    permission: "change",
    async run(args) {
      const account = await requireAccount({ accounts, hosts: server.hosts }, args.user, args.host);
      const peer = Jid.parse(args.with);
      if (peer === undefined) throw new CommandError("error", "Invalid peer JID");
      for (let after = 0; ; ) {
        const page = await archive.page(account, { after, with: peer.bare, limit: PAGE });
        if (page.length === 0) return REMOVED;
        after = page.at(-1)!.key;
        await archive.remove(
          account,
          page.map(({ key }) => key),
        );
      }
    },
  });
}

function removeOld({ archive, server, world }: ArchiveServices): Command {
  return command({
    name: "delete_old_mam_messages",
    tags: ["mam", "purge"],
    summary: "Remove messages that are older than some days from all archives",
    doc: waits,
    args: {
      type: argument.choice(["all", "chat"], "Which archives: those of users are all that there are."),
      days: argument.integer("Days: what came later stays.", "31"),
    },
    result: result.code(),
    permission: "change",
    async run({ days }, { signal }) {
      if (days < 0) throw new CommandError("bad_argument", "'days' must not be negative.");
      const since = archive.keyAt(world.now() - days * DAY);
      const list = async (domain: string, page: { readonly after?: string; readonly limit: number }) =>
        (await archive.owners({ domain, ...page })).map(({ local }) => local);
      for await (const owner of everyAccount(list, server.hosts)) {
        if (signal.aborted) throw new CommandError("error", "Cancelled.");
        await archive.trim(owner, { since });
      }
    },
  });
}
