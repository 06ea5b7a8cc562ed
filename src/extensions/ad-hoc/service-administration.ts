// XEP-0133: Service Administration
import { CommandError } from "../../kernel/commands.ts";
import {
  account,
  accounts,
  address,
  announcement,
  delay,
  each,
  forEach,
  most,
  motd,
  named,
  one,
  password,
  service,
} from "./administration-form.ts";
import type { FormField } from "./form-fields.ts";
import type { Call, OfferedCommand } from "./offered-command.ts";

const aboutAccounts: readonly OfferedCommand[] = [
  service({
    node: "add-user",
    name: "Add a user",
    needs: ["register"],
    fields: [
      account,
      password("password", "The password"),
      password("password-verify", "The password again"),
    ],
    async run(values, call) {
      const jid = address(values.get("accountjid")?.[0]);
      if (one(values, "password") !== one(values, "password-verify")) {
        throw new CommandError("bad_argument", "The two passwords differ.");
      }
      await call("register", { ...named(jid), password: one(values, "password") });
      return undefined;
    },
  }),
  forEach("delete-user", "Delete users", "unregister"),
  forEach("disable-user", "Ban users", "ban_account", { reason: "" }),
  forEach("reenable-user", "Take the ban from users", "unban_account"),
  service({
    node: "end-user-session",
    name: "End sessions of users",
    needs: ["kick_session", "kick_user"],
    fields: [accounts],
    async run(values, call) {
      for (const jid of each(values)) {
        if (jid.resource === "") await call("kick_user", named(jid));
        else await call("kick_session", { ...named(jid), resource: jid.resource, reason: "" });
      }
      return undefined;
    },
  }),
  service({
    node: "change-user-password",
    name: "Change a user's password",
    needs: ["change_password"],
    fields: [account, password("password", "The new password")],
    async run(values, call) {
      const jid = address(values.get("accountjid")?.[0]);
      await call("change_password", { ...named(jid), newpass: one(values, "password") });
      return undefined;
    },
  }),
  service({
    node: "get-user-lastlogin",
    name: "Get the last activity of users",
    needs: ["get_last"],
    fields: [accounts],
    async run(values, call) {
      const found: string[] = [];
      for (const jid of each(values)) {
        const { timestamp } = (await call("get_last", named(jid))) as { timestamp: string };
        found.push(timestamp);
      }
      return [
        { ...accounts, values: values.get("accountjids") ?? [] },
        { name: "lastlogin", type: "text-multi", label: "Last activity", values: found },
      ];
    },
  }),
  service({
    node: "user-stats",
    name: "Get figures of a user",
    needs: ["get_roster_count", "user_sessions_info"],
    fields: [account],
    async run(values, call) {
      const jid = address(values.get("accountjid")?.[0]);
      const sessions = (await call("user_sessions_info", named(jid))) as { ip: string; resource: string }[];
      const size = await call("get_roster_count", named(jid));
      return [
        { ...account, values: [jid.toString()] },
        { name: "ipaddresses", type: "text-multi", label: "Addresses", values: sessions.map(({ ip }) => ip) },
        { name: "rostersize", type: "text-single", label: "Contacts", values: [String(size)] },
        {
          name: "onlineresources",
          type: "text-multi",
          label: "Resources",
          values: sessions.map(({ resource }) => resource),
        },
      ];
    },
  }),
];

function number(node: string, name: string, field: string, command: string, values: object): OfferedCommand {
  return service({
    node,
    name,
    needs: [command],
    fields: [],
    async run(_, call) {
      const count = await call(command, values as Readonly<Record<string, unknown>>);
      return [{ name: field, type: "text-single", label: name, values: [String(count)] }];
    },
  });
}

function list(
  node: string,
  name: string,
  field: string,
  needs: readonly string[],
  read: (call: Call) => Promise<readonly string[]>,
): OfferedCommand {
  return service({
    node,
    name,
    needs,
    fields: [most],
    async run(values, call) {
      const all = await read(call);
      const limit = Number(values.get("max_items")?.[0] ?? "none");
      return [
        {
          name: field,
          type: "jid-multi",
          label: name,
          values: Number.isInteger(limit) && limit > 0 ? all.slice(0, limit) : all,
        },
      ];
    },
  });
}

const figures: readonly OfferedCommand[] = [
  number("get-registered-users-num", "Count the registered users", "registeredusersnum", "stats", {
    name: "registeredusers",
  }),
  number("get-disabled-users-num", "Count the banned users", "disabledusersnum", "count_banned", {
    host: "all",
  }),
  number("get-online-users-num", "Count the sessions", "onlineusersnum", "connected_users_number", {}),
  list(
    "get-registered-users-list",
    "List the registered users",
    "registereduserjids",
    ["registered_vhosts", "registered_users"],
    async (call) => {
      const found: string[] = [];
      for (const host of (await call("registered_vhosts", {})) as readonly string[]) {
        const users = (await call("registered_users", { host })) as readonly string[];
        found.push(...users.map((local) => `${local}@${host}`));
      }
      return found;
    },
  ),
  list(
    "get-disabled-users-list",
    "List the banned users",
    "disableduserjids",
    ["list_banned"],
    async (call) => {
      return (await call("list_banned", { host: "all" })) as readonly string[];
    },
  ),
  list("get-online-users-list", "List the sessions", "onlineuserjids", ["connected_users"], async (call) => {
    return (await call("connected_users", {})) as readonly string[];
  }),
];

function saying(node: string, name: string, field: FormField, command: string): OfferedCommand {
  return service({
    node,
    name,
    needs: [command],
    fields: [field],
    async run(values, call) {
      await call(command, { host: "all", subject: "", body: one(values, field.name) });
      return undefined;
    },
  });
}

const announcing: readonly OfferedCommand[] = [
  saying(
    "announce",
    "Announce something to everybody who is connected",
    { ...announcement, required: true },
    "announce_send_online",
  ),
  saying("set-motd", "Set the message of the day and send it", motd, "announce_motd_set_online"),
  saying("edit-motd", "Change the message of the day", motd, "announce_motd_update"),
  service({
    node: "delete-motd",
    name: "Delete the message of the day",
    needs: ["announce_motd_delete"],
    fields: [],
    async run(_, call) {
      await call("announce_motd_delete", { host: "all" });
      return undefined;
    },
  }),
];

function ending(node: string, name: string, command: string): OfferedCommand {
  return service({
    node,
    name,
    needs: [command],
    fields: [delay, announcement],
    background: "begun",
    async run(values, call) {
      await call(command, { delay: one(values, "delay"), announcement: one(values, "announcement") });
      return undefined;
    },
  });
}

/** What of the specification has a command here; the others have none (blacklists, welcome messages, and who counts as idle). */
export const serviceAdministration: readonly OfferedCommand[] = [
  ...aboutAccounts,
  ...figures,
  ...announcing,
  ending("restart", "Tell the users, wait, and start the server anew", "restart_kindly"),
  ending("shutdown", "Tell the users, wait, and stop the server", "stop_kindly"),
];
