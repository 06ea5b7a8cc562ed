import { type AnyExtension, extension, mapStore } from "../../kernel/extension.ts";
import { accountCreated, accountRemoved, sessionEnded, stanzaFromAccount } from "../../kernel/points.ts";
import { rosterService, type Token } from "../../kernel/services.ts";
import { groupCommands } from "./group-commands.ts";
import { GroupKeeper } from "./group-keeper.ts";
import type { StoredGroup } from "./groups.ts";

/** For the commands of this extension. */
const keeper: Token<GroupKeeper> = { name: "shared roster groups" };

export const sharedRoster: AnyExtension = extension({
  name: "shared-roster",
  doc: "Groups whose members have each other in their rosters without adding anybody; made by the commands `srg_*`.",
  xeps: {},
  features: [],
  stores: { groups: mapStore<StoredGroup>(), members: mapStore<true>() },
  uses: { roster: rosterService },
  commands: ({ accounts, domains, find }) =>
    groupCommands({ accounts, domains, keeper: () => find(keeper)! }),
  setup(context) {
    const { accounts, commit, domains, log, on, provide, sessions, stores, uses } = context;
    const groups = new GroupKeeper({ accounts, commit, domains, log, sessions, stores, roster: uses.roster });
    uses.roster.share(groups);
    provide(keeper, groups);
    on(stanzaFromAccount, "copy", ({ stanza }) => {
      if (stanza.kind !== "presence" || stanza.to !== undefined || stanza.type !== undefined)
        return undefined;
      return groups.came(stanza.from!.bare);
    });
    on(sessionEnded, "cleanup", ({ session }) => groups.left(session.account));
    on(accountCreated, "data", ({ account }) => groups.created(account));
    on(accountRemoved, "data", async ({ account, changes }) => {
      changes.push(...(await groups.removed(account)));
    });
  },
});
