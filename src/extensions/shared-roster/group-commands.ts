import type { Accounts } from "../../kernel/accounts.ts";
import { accountOf, host, hostOf, named, user } from "../../kernel/command-addresses.ts";
import * as argument from "../../kernel/command-arguments.ts";
import * as result from "../../kernel/command-results.ts";
import { type Command, CommandError, command } from "../../kernel/commands.ts";
import type { Domains } from "../../kernel/router.ts";
import type { GroupKeeper } from "./group-keeper.ts";
import { BLANK_GROUP, type Group, type StoredGroup } from "./groups.ts";

export interface GroupCommandParts {
  readonly accounts: Pick<Accounts, "exists">;
  readonly domains: Pick<Domains, "hosts">;
  keeper(): GroupKeeper;
}

const tags = ["shared_roster_group"];
const group = argument.text("The group's identifier.", "staff");
const LONGEST_ID = 200;

interface Named {
  readonly group: string;
  readonly host: string;
}

/** What all these commands need of the groups. */
class Desk {
  readonly #parts: GroupCommandParts;

  constructor(parts: GroupCommandParts) {
    this.#parts = parts;
  }

  async keeper(): Promise<GroupKeeper> {
    const keeper = this.#parts.keeper();
    await keeper.ready();
    return keeper;
  }

  host(domain: string): string {
    return hostOf(this.#parts.domains.hosts, domain);
  }

  /** @throws CommandError not_found */
  async group(args: Named): Promise<Group> {
    const found = (await this.keeper()).groups.get(this.host(args.host), args.group);
    if (found === undefined) throw new CommandError("not_found", `There is no group ${args.group}.`);
    return found;
  }

  async update(args: Named, change: (now: StoredGroup) => StoredGroup): Promise<void> {
    const { host: domain, id, members: _, ...now } = await this.group(args);
    await (await this.keeper()).change(domain, id, change(now));
  }

  /** @throws CommandError bad_argument, conflict */
  async create(args: Named, made: StoredGroup): Promise<void> {
    const domain = this.host(args.host);
    const { groups } = await this.keeper();
    if (args.group === "" || args.group.startsWith("@") || Buffer.byteLength(args.group) > LONGEST_ID) {
      throw new CommandError("bad_argument", "This cannot be the identifier of a group.");
    }
    if (groups.get(domain, args.group) !== undefined) {
      throw new CommandError("conflict", `There is a group ${args.group} already.`);
    }
    await this.requireGroups(
      domain,
      made.displayed.filter((id) => id !== args.group),
    );
    await (await this.keeper()).change(domain, args.group, made);
  }

  /** @throws CommandError not_found */
  async requireGroups(domain: string, ids: readonly string[]): Promise<void> {
    const { groups } = await this.keeper();
    const wrong = ids.filter((id) => groups.get(domain, id) === undefined);
    if (wrong.length > 0) throw new CommandError("not_found", `There are no groups ${wrong.join(", ")}.`);
  }
}

export function groupCommands(parts: GroupCommandParts): readonly Command[] {
  const desk = new Desk(parts);
  return [...makers(desk), ...readers(desk), ...settings(desk), ...membership(desk, parts)];
}

function makers(desk: Desk): readonly Command[] {
  return [
    command({
      name: "srg_create",
      tags,
      version: 1,
      summary: "Make a shared roster group",
      doc: "Its members see the members of the displayed groups in their rosters, under those groups' labels. Name the group itself among them for members that see each other.",
      args: {
        group,
        host,
        label: argument.text("What rosters call it; the identifier when empty."),
        description: argument.text("For administrators."),
        display: argument.list("Identifiers of the displayed groups.", "staff"),
      },
      result: result.code(),
      permission: "change",
      run: ({ label, description, display, ...named }) =>
        desk.create(named, { ...BLANK_GROUP, label, description, displayed: [...new Set(display)] }),
    }),
    command({
      name: "srg_add",
      tags,
      summary: "Make a shared roster group without details",
      args: { group, host },
      result: result.code(),
      permission: "change",
      run: (args) => desk.create(args, BLANK_GROUP),
    }),
    command({
      name: "srg_delete",
      tags,
      summary: "Delete a shared roster group",
      doc: "Its members stop seeing each other by it. A group that does not exist is no failure.",
      args: { group, host },
      result: result.code(),
      permission: "change",
      async run(args, context) {
        const domain = desk.host(args.host);
        const keeper = await desk.keeper();
        if (keeper.groups.get(domain, args.group) === undefined)
          context.note(`There was no group ${args.group}.`);
        else await keeper.change(domain, args.group, undefined);
      },
    }),
  ];
}

function readers(desk: Desk): readonly Command[] {
  return [
    command({
      name: "srg_list",
      tags,
      summary: "List the shared roster groups of a host",
      args: { host },
      result: result.list("group"),
      permission: "read",
      run: async (args) => (await desk.keeper()).groups.of(desk.host(args.host)).map(({ id }) => id),
    }),
    command({
      name: "srg_get_info",
      tags,
      summary: "Get what is set for a shared roster group",
      args: { group, host },
      result: result.rows({ key: "string", value: "string" }),
      permission: "read",
      async run(args) {
        const { label, description, displayed, all, online } = await desk.group(args);
        return [
          { key: "label", value: label },
          { key: "displayed_groups", value: displayed.join(", ") },
          { key: "description", value: description },
          ...(all ? [{ key: "all_users", value: "true" }] : []),
          ...(online ? [{ key: "online_users", value: "true" }] : []),
        ];
      },
    }),
    command({
      name: "srg_get_members",
      tags,
      summary: "List the members of a shared roster group",
      doc: "Those who were added by name; `srg_get_info` says whether all users, or all who are online, are members too.",
      args: { group, host },
      result: result.list("member"),
      permission: "read",
      run: async (args) => [...(await desk.group(args)).members].sort(),
    }),
    command({
      name: "srg_get_displayed",
      tags,
      summary: "List the groups whose members the members of a group see",
      args: { group, host },
      result: result.list("group"),
      permission: "read",
      run: async (args) => (await desk.group(args)).displayed,
    }),
  ];
}

function settings(desk: Desk): readonly Command[] {
  return [
    command({
      name: "srg_set_info",
      tags,
      summary: "Set something of a shared roster group",
      args: {
        group,
        host,
        key: argument.choice(["label", "description", "all_users", "online_users"], "What."),
        value: argument.text("The text; true or false for all_users and online_users."),
      },
      result: result.code(),
      permission: "change",
      async run(args) {
        const flag = args.value === "true";
        await desk.update(args, (now) => {
          if (args.key === "all_users") return { ...now, all: flag };
          if (args.key === "online_users") return { ...now, online: flag };
          return { ...now, [args.key]: args.value };
        });
      },
    }),
    command({
      name: "srg_add_displayed",
      tags,
      summary: "Let the members of a group see those of another one",
      args: { group, host, add: argument.text("The other group's identifier.") },
      result: result.code(),
      permission: "change",
      async run(args) {
        await desk.requireGroups(desk.host(args.host), [args.add]);
        await desk.update(args, (now) => ({ ...now, displayed: [...new Set([...now.displayed, args.add])] }));
      },
    }),
    command({
      name: "srg_del_displayed",
      tags,
      summary: "Keep the members of a group from seeing those of another one",
      args: { group, host, del: argument.text("The other group's identifier.") },
      result: result.code(),
      permission: "change",
      async run(args) {
        const { displayed } = await desk.group(args);
        if (!displayed.includes(args.del)) {
          throw new CommandError("not_found", `${args.group} does not display ${args.del}.`);
        }
        await desk.update(args, (now) => ({
          ...now,
          displayed: now.displayed.filter((id) => id !== args.del),
        }));
      },
    }),
  ];
}

/** ejabberd's names for members that need no naming. */
const EVERYBODY: ReadonlyMap<string, "all" | "online"> = new Map([
  ["@all@", "all"],
  ["@online@", "online"],
]);

function membership(desk: Desk, { accounts, domains }: GroupCommandParts): readonly Command[] {
  const args = { user, host, group, grouphost: argument.text("The group's domain.") };
  const set = async (
    given: {
      readonly user: string;
      readonly host: string;
      readonly group: string;
      readonly grouphost: string;
    },
    belongs: boolean,
    note: (text: string) => void,
  ): Promise<void> => {
    const where = { group: given.group, host: given.grouphost };
    const everybody = EVERYBODY.get(given.user);
    if (everybody !== undefined) return desk.update(where, (now) => ({ ...now, [everybody]: belongs }));
    const found = await desk.group(where);
    const account = accountOf(domains.hosts, given.user, given.host);
    if (account === undefined) {
      throw new CommandError("bad_argument", `${named(given.user, given.host)} is no user of this server.`);
    }
    if (belongs && !(await accounts.exists(account))) note(`There is no account ${account} yet.`);
    const done = await (await desk.keeper()).setMember(found, account, belongs);
    if (!done)
      note(`${account} was ${belongs ? "" : "no "}member of ${given.group}${belongs ? " already" : ""}.`);
  };
  return [
    command({
      name: "srg_user_add",
      tags,
      summary: "Put a user into a shared roster group",
      doc: "At once, also for those who are connected. The user @all@ stands for all users of the group's host, @online@ for those who are online.",
      args,
      result: result.code(),
      permission: "change",
      run: (given, { note }) => set(given, true, note),
    }),
    command({
      name: "srg_user_del",
      tags,
      summary: "Take a user out of a shared roster group",
      doc: "At once, also for those who are connected. @all@ and @online@ as in `srg_user_add`.",
      args,
      result: result.code(),
      permission: "change",
      run: (given, { note }) => set(given, false, note),
    }),
  ];
}
