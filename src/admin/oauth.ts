import { suggest } from "../base/suggest.ts";
import type { World } from "../base/world.ts";
import { AccountError } from "../kernel/accounts.ts";
import type { Caller } from "../kernel/caller.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, type CommandRegistry, command } from "../kernel/commands.ts";
import { EVERY_COMMAND, type Rights } from "../kernel/rights.ts";
import { Jid } from "../xmpp/jid.ts";
import { type ApiTokens, shortName } from "./api-tokens.ts";

export interface OauthServices {
  readonly tokens: Pick<ApiTokens, "issue" | "list" | "revoke">;
  readonly rights: Pick<Rights, "isAdministrator">;
  /** Asked when the commands are complete. */
  readonly registry: () => Pick<CommandRegistry, "all">;
  readonly world: Pick<World, "now">;
}

/** Ten years. */
const LONGEST = 315_360_000;

const issued = result.row({ token: "string", scopes: "list", expires_in: "string" });

function issue(services: OauthServices): readonly Command[] {
  const definition = {
    name: "oauth_issue_token",
    tags: ["oauth"],
    summary: "Issue a token for the HTTP API",
    doc: "It stands for the account, but only for commands that its scopes name: a command, `tag:` and a tag, or `ejabberd:admin` for all that the account may run. It is shown once; what is kept is a hash. With a token no token can be issued.",
    permission: "change",
    result: issued,
  } as const;
  const jid = argument.text("The account that it stands for.", "admin@localhost");
  const ttl = argument.integer("How many seconds it is good for.", "3600");
  type Call = { readonly jid: string; readonly ttl: number };
  const run = async (args: Call, scopes: readonly string[], caller: Caller) => {
    const account = accountFor(services, args.jid, caller);
    if (args.ttl < 1 || args.ttl > LONGEST)
      throw new CommandError("bad_argument", `'ttl' must be from 1 to ${LONGEST} seconds.`);
    checkScopes(services, scopes);
    try {
      const token = await services.tokens.issue(account, args.ttl, scopes);
      return { token, scopes, expires_in: `${args.ttl} seconds` };
    } catch (error) {
      if (error instanceof AccountError)
        throw new CommandError("not_found", `There is no account ${account}.`);
      if (error instanceof RangeError)
        throw new CommandError("conflict", `${error.message}. Revoke one first.`);
      throw error;
    }
  };
  return [
    command({
      ...definition,
      version: 1,
      args: { jid, ttl, scopes: argument.list("What it is good for.", "status,tag:accounts") },
      run: (args, { caller }) => run(args, args.scopes, caller),
    }),
    command({
      ...definition,
      args: {
        jid,
        ttl,
        scopes: argument.text("What it is good for, with semicolons between.", "status;stats"),
      },
      run: (args, { caller }) => run(args, args.scopes.split(";"), caller),
    }),
  ];
}

/** Nobody gets more by a token than they have. */
function accountFor({ rights }: OauthServices, text: string, caller: Caller): Jid {
  const account = Jid.parse(text)?.bare;
  if (account === undefined || account.local === "")
    throw new CommandError("bad_argument", "'jid' must be the address of an account.");
  if (caller.scopes !== undefined) throw new CommandError("error", "With a token no token can be issued.");
  if (caller.front === "control" || caller.account?.equals(account)) return account;
  if (caller.account !== undefined && rights.isAdministrator(caller.account)) return account;
  throw new CommandError("error", "Only administrators issue tokens for others.");
}

function checkScopes({ registry }: OauthServices, scopes: readonly string[]): void {
  if (scopes.length === 0) throw new CommandError("bad_argument", "'scopes' must name at least one.");
  const commands = registry().all();
  const known = new Set([
    EVERY_COMMAND,
    ...commands.flatMap(({ name, tags }) => [name, ...tags.map((tag) => `tag:${tag}`)]),
  ]);
  for (const scope of scopes) {
    if (known.has(scope)) continue;
    const near = suggest(scope, known);
    const hint = near === undefined ? "" : ` Did you mean '${near}'?`;
    throw new CommandError("bad_argument", `There is no scope '${scope.slice(0, 60)}'.${hint}`);
  }
}

export function oauthCommands(services: OauthServices): readonly Command[] {
  return [
    ...issue(services),
    command({
      name: "oauth_list_tokens",
      tags: ["oauth"],
      summary: "List the tokens for the HTTP API",
      doc: "`token` is the beginning of its hash: what the log calls it, and what `oauth_revoke_token` takes.",
      args: {},
      result: result.rows({ token: "string", user: "string", scopes: "list", expires_in: "string" }),
      permission: "read",
      run: () =>
        services.tokens.list().map((token) => ({
          token: shortName(token),
          user: token.account.toString(),
          scopes: token.scopes,
          expires_in: `${Math.ceil((token.expires - services.world.now()) / 1000)} seconds`,
        })),
    }),
    command({
      name: "oauth_revoke_token",
      tags: ["oauth"],
      summary: "Revoke a token for the HTTP API",
      args: { token: argument.content("The token, or what `oauth_list_tokens` calls it.") },
      result: result.code(),
      permission: "change",
      async run({ token }) {
        if (!(await services.tokens.revoke(token)))
          throw new CommandError("not_found", "There is no such token.");
      },
    }),
  ];
}
