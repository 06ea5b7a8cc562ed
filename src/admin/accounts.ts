import { AccountError, type Accounts } from "../kernel/accounts.ts";
import { accountOf, host, hostOf, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import { Jid } from "../xmpp/jid.ts";

export interface AccountServices {
  readonly accounts: Accounts;
  readonly server: Pick<ServerControl, "node" | "hosts">;
}

const PAGE = 1000;
/** Said beside what ejabberd says of it, that its characters are unacceptable. */
const EMPTY = "The password is empty.";

function register(services: AccountServices): Command {
  return command({
    name: "register",
    tags: ["accounts"],
    summary: "Register a user",
    doc: "Without the password it is asked for on a terminal; `-` in its place reads a line from standard input. A password among the arguments can be seen in the list of processes.",
    args: { user, host, password: argument.newPassword("The password of the new account.") },
    result: result.text("Who was registered."),
    permission: "change",
    async run(args, context) {
      const account = Jid.of(args.user, args.host);
      const shown = account ?? `${args.user}@${args.host}`;
      const refused = (why: string) =>
        new CommandError(
          "cannot_register",
          `Can't register user ${shown} at node ${services.server.node}: ${why}`,
        );
      try {
        if (!services.server.hosts.includes(Jid.of("", args.host)?.domain ?? "")) {
          throw new CommandError("cannot_register", "Unknown virtual host");
        }
        if (account === undefined || account.local === "") throw refused("Malformed username");
        if (args.password === "") context.note(EMPTY);
        await services.accounts.create(account, args.password);
        return `User ${account} successfully registered`;
      } catch (error) {
        if (!(error instanceof AccountError)) throw error;
        if (error.fault === "exists") throw new CommandError("conflict", `User ${shown} already registered`);
        if (error.fault === "password") throw refused("The password contains unacceptable characters");
        if (error.fault === "localpart") throw refused("Malformed username");
        throw new CommandError("cannot_register", "Unknown virtual host");
      }
    },
  });
}

function unregister(services: AccountServices): Command {
  return command({
    name: "unregister",
    tags: ["accounts"],
    summary: "Remove a user and everything kept for them",
    doc: "Sessions of the user end. An account that does not exist is no failure.",
    args: { user, host },
    result: result.code(),
    permission: "change",
    async run(args, context) {
      hostOf(services.server.hosts, args.host);
      const account = accountOf(services.server.hosts, args.user, args.host);
      if (account === undefined || !(await services.accounts.exists(account))) {
        context.note(`There was no account ${account ?? `${args.user}@${args.host}`}.`);
        return;
      }
      try {
        await services.accounts.remove(account);
      } catch (error) {
        if (!(error instanceof AccountError && error.fault === "missing")) throw error;
      }
    },
  });
}

function changePassword(services: AccountServices): Command {
  return command({
    name: "change_password",
    tags: ["accounts"],
    summary: "Change the password of a user",
    doc: "Sessions stay connected. The password is asked for or read as `register` does.",
    args: { user, host, newpass: argument.newPassword("The new password.") },
    result: result.code(),
    permission: "change",
    async run(args, context) {
      const account = accountOf(services.server.hosts, args.user, args.host);
      const missing = new CommandError(
        "not_found",
        `There is no account ${account ?? `${args.user}@${args.host}`}.`,
      );
      if (account === undefined) throw missing;
      if (args.newpass === "") context.note(EMPTY);
      try {
        await services.accounts.setPassword(account, args.newpass);
      } catch (error) {
        if (!(error instanceof AccountError)) throw error;
        if (error.fault === "password") {
          throw new CommandError("bad_argument", "The password contains unacceptable characters");
        }
        throw missing;
      }
    },
  });
}

function checks(services: AccountServices): readonly Command[] {
  return [
    command({
      name: "check_account",
      tags: ["accounts"],
      summary: "Check whether an account exists",
      args: { user, host },
      result: result.code(),
      permission: "read",
      async run(args) {
        const account = accountOf(services.server.hosts, args.user, args.host);
        return account !== undefined && (await services.accounts.exists(account));
      },
    }),
    command({
      name: "check_password",
      tags: ["accounts"],
      summary: "Check whether a password is correct",
      doc: "The password is asked for or read as `register` does.",
      args: { user, host, password: argument.password("The password to check.") },
      result: result.code(),
      permission: "read",
      async run(args) {
        const account = accountOf(services.server.hosts, args.user, args.host);
        return account !== undefined && (await services.accounts.checkPassword(account, args.password));
      },
    }),
  ];
}

function lists(services: AccountServices): readonly Command[] {
  return [
    command({
      name: "registered_users",
      tags: ["accounts"],
      summary: "List the users of a host",
      args: { host },
      result: result.list("user"),
      permission: "read",
      async run(args) {
        const domain = hostOf(services.server.hosts, args.host);
        const users: string[] = [];
        for (;;) {
          const after = users.at(-1);
          const page = await services.accounts.list(
            domain,
            after === undefined ? { limit: PAGE } : { after, limit: PAGE },
          );
          users.push(...page);
          if (page.length < PAGE) return users;
        }
      },
    }),
    command({
      name: "registered_vhosts",
      tags: ["server"],
      summary: "List the hosts of this server",
      args: {},
      result: result.list("host"),
      permission: "read",
      run: () => services.server.hosts,
    }),
  ];
}

export function accountCommands(services: AccountServices): readonly Command[] {
  return [
    register(services),
    unregister(services),
    changePassword(services),
    ...checks(services),
    ...lists(services),
  ];
}
