// XEP-0160: Best Practices for Handling Offline Messages; XEP-0334: Message Processing Hints
import { host, requireAccount, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import { everyAccount } from "../kernel/every-account.ts";
import { type AnyExtension, type ExtensionContext, extension } from "../kernel/extension.ts";
import type { Options } from "../kernel/options.ts";
import { type WaitingMessages, waitingMessages } from "../kernel/pending-messages.ts";
import { HINTS } from "../xmpp/namespaces.ts";

type Context = Pick<
  ExtensionContext<Options, Record<never, never>, Record<never, never>>,
  "accounts" | "domains" | "world"
> & { readonly uses: { readonly waiting: WaitingMessages } };

const DAY = 24 * 60 * 60 * 1000;

function offlineCommands({ accounts, domains, uses, world }: Context): readonly Command[] {
  const { waiting } = uses;
  return [
    command({
      name: "get_offline_count",
      tags: ["offline"],
      summary: "Count the messages that wait for a user",
      args: { user, host },
      result: result.integer("How many messages wait."),
      permission: "read",
      run: async (args) =>
        waiting.count(await requireAccount({ accounts, hosts: domains.hosts }, args.user, args.host)),
    }),
    command({
      name: "delete_old_messages",
      tags: ["offline", "purge"],
      summary: "Drop messages that have waited for some days",
      doc: "Of all users of all hosts. What is archived stays in the archives.",
      args: { days: argument.integer("Days: what came later goes on waiting.", "31") },
      result: result.code(),
      permission: "change",
      async run({ days }, context) {
        if (days < 0) throw new CommandError("bad_argument", "'days' must not be negative.");
        const before = world.now() - days * DAY;
        let dropped = 0;
        for await (const account of everyAccount((...page) => accounts.list(...page), domains.hosts)) {
          if (context.signal.aborted) throw new CommandError("error", `Cancelled after ${dropped} messages.`);
          dropped += await waiting.drop(account, before);
        }
        context.note(`${dropped} messages were dropped.`);
      },
    }),
  ];
}

/** The delivery of messages does the keeping; without this extension it keeps nothing for those who are offline. */
export const offline: AnyExtension = extension({
  name: "offline",
  doc: "Keeps messages for accounts that are offline (XEP-0160); without it their senders get an error. `limits.client.pending_messages` says how many.",
  xeps: { 160: "1.0.1", 334: "1.0.0" },
  features: ["msgoffline", HINTS],
  uses: { waiting: waitingMessages },
  commands: offlineCommands,
  setup() {},
});
