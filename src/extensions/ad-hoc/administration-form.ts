// XEP-0133 §4: what its forms have in common
import { CommandError } from "../../kernel/commands.ts";
import { Jid } from "../../xmpp/jid.ts";
import { type FormField, type FormValues, form } from "./form-fields.ts";
import type { Call, OfferedCommand } from "./offered-command.ts";

const ADMIN = "http://jabber.org/protocol/admin";

export const account: FormField = {
  name: "accountjid",
  type: "jid-single",
  label: "The account",
  required: true,
};
export const accounts: FormField = {
  name: "accountjids",
  type: "jid-multi",
  label: "The accounts",
  required: true,
};
export const most: FormField = {
  name: "max_items",
  type: "list-single",
  label: "How many to show",
  options: ["25", "50", "100", "200", "none"],
};
export const motd: FormField = {
  name: "motd",
  type: "text-multi",
  label: "The message of the day",
  required: true,
};
export const delay: FormField = {
  name: "delay",
  type: "list-single",
  label: "Seconds until then",
  options: ["30", "60", "120", "300", "900"],
  required: true,
};
export const announcement: FormField = {
  name: "announcement",
  type: "text-multi",
  label: "The announcement",
};

export function password(name: string, label: string): FormField {
  return { name, type: "text-private", label, required: true };
}

/** @throws CommandError bad_argument */
export function address(text: string | undefined): Jid {
  const found = text === undefined ? undefined : Jid.parse(text);
  if (found === undefined || found.local === "") {
    throw new CommandError("bad_argument", `'${(text ?? "").slice(0, 60)}' is no account.`);
  }
  return found;
}

export function each(values: FormValues): readonly Jid[] {
  return (values.get("accountjids") ?? []).map(address);
}

export function one(values: FormValues, name: string): string {
  return (values.get(name) ?? []).join("\n");
}

export const named = ({ local, domain }: Jid): { user: string; host: string } => ({
  user: local,
  host: domain,
});

export interface Service {
  readonly node: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly fields: readonly FormField[];
  readonly background?: "begun";
  /** Fields of the answer. */
  run(values: FormValues, call: Call): Promise<readonly FormField[] | undefined>;
}

export function service({ node, run, ...rest }: Service): OfferedCommand {
  return {
    background: "no",
    instructions: `${rest.name}.`,
    kind: ADMIN,
    ...rest,
    node: `${ADMIN}#${node}`,
    async run(values, call) {
      const fields = await run(values, call);
      return fields && form("result", { title: rest.name, kind: ADMIN }, fields);
    },
  };
}

/** Something done to each of some accounts. */
export function forEach(
  node: string,
  name: string,
  command: string,
  more: Readonly<Record<string, string>> = {},
): OfferedCommand {
  return service({
    node,
    name,
    needs: [command],
    fields: [accounts],
    async run(values, call) {
      for (const jid of each(values)) await call(command, { ...named(jid), ...more });
      return undefined;
    },
  });
}
