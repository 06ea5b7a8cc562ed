import type { Accounts } from "../../kernel/accounts.ts";
import { host, requireAccount, user } from "../../kernel/command-addresses.ts";
import * as argument from "../../kernel/command-arguments.ts";
import * as result from "../../kernel/command-results.ts";
import { type Command, CommandError, command } from "../../kernel/commands.ts";
import type { Domains } from "../../kernel/router.ts";
import type { Element } from "../../xml/element.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { isFieldName, textsOf, withTexts } from "./vcard-fields.ts";

export interface VcardCommandParts {
  readonly accounts: Pick<Accounts, "exists">;
  readonly domains: Pick<Domains, "hosts">;
  /** undefined where there is none. */
  read(account: Jid): Promise<Element | undefined>;
  /** @throws CommandError when it is too large */
  write(account: Jid, card: Element): Promise<void>;
  /** One that says nothing. */
  readonly blank: Element;
}

const tags = ["vcard"];
const name = argument.text("The field: FN, NICKNAME, BDAY, DESC, URL, TITLE, …", "NICKNAME");
const outer = argument.text("The field: N, ADR, EMAIL, ORG, TEL, …", "N");
const subname = argument.text(
  "Its part: FAMILY, GIVEN, LOCALITY, USERID, ORGNAME, …; of TEL the kind: HOME, WORK, CELL, …",
  "FAMILY",
);
const doc = "Names are those of XEP-0054.";
const setDoc = `The rest of the vCard stays; an empty text takes the field away. ${doc}`;

interface Named {
  readonly user: string;
  readonly host: string;
}

/** @throws CommandError bad_argument */
function field(text: string): string {
  const upper = text.toUpperCase();
  if (!isFieldName(upper))
    throw new CommandError("bad_argument", `'${text.slice(0, 60)}' is no field of a vCard.`);
  return upper;
}

export function vcardCommands(parts: VcardCommandParts): readonly Command[] {
  const texts = async (args: Named, outermost: string, part?: string): Promise<readonly string[]> => {
    const account = await requireAccount(
      { accounts: parts.accounts, hosts: parts.domains.hosts },
      args.user,
      args.host,
    );
    const card = await parts.read(account);
    if (card === undefined) throw new CommandError("not_found", `${account} has no vCard.`);
    const found = textsOf(card, field(outermost), part === undefined ? undefined : field(part));
    if (found.length === 0) throw new CommandError("not_found", `The vCard of ${account} does not have it.`);
    return found;
  };
  const set = async (
    args: Named,
    outermost: string,
    part: string | undefined,
    contents: readonly string[],
  ): Promise<void> => {
    const account = await requireAccount(
      { accounts: parts.accounts, hosts: parts.domains.hosts },
      args.user,
      args.host,
    );
    const card = (await parts.read(account)) ?? parts.blank;
    const kept = contents.filter((text) => text !== "");
    await parts.write(
      account,
      withTexts(card, field(outermost), part === undefined ? undefined : field(part), kept),
    );
  };
  return [...readers(texts), ...writers(set)];
}

type Texts = (args: Named, outermost: string, part?: string) => Promise<readonly string[]>;
type Set = (
  args: Named,
  outermost: string,
  part: string | undefined,
  contents: readonly string[],
) => Promise<void>;

function readers(texts: Texts): readonly Command[] {
  return [
    command({
      name: "get_vcard",
      tags,
      summary: "Get a field of a user's vCard",
      doc,
      args: { user, host, name },
      result: result.text("The text of the field."),
      permission: "read",
      run: async (args) => (await texts(args, args.name))[0]!,
    }),
    command({
      name: "get_vcard2",
      tags,
      summary: "Get a part of a field of a user's vCard",
      doc,
      args: { user, host, name: outer, subname },
      result: result.text("The text of the part."),
      permission: "read",
      run: async (args) => (await texts(args, args.name, args.subname))[0]!,
    }),
    command({
      name: "get_vcard2_multi",
      tags,
      summary: "Get all texts of a part of a field of a user's vCard",
      doc,
      args: { user, host, name: outer, subname },
      result: result.list("text"),
      permission: "read",
      run: (args) => texts(args, args.name, args.subname),
    }),
  ];
}

function writers(set: Set): readonly Command[] {
  const content = argument.content("The text.");
  return [
    command({
      name: "set_vcard",
      tags,
      summary: "Set a field of a user's vCard",
      doc: setDoc,
      args: { user, host, name, content },
      result: result.code(),
      permission: "change",
      run: (args) => set(args, args.name, undefined, [args.content]),
    }),
    command({
      name: "set_vcard2",
      tags,
      summary: "Set a part of a field of a user's vCard",
      doc: setDoc,
      args: { user, host, name: outer, subname, content },
      result: result.code(),
      permission: "change",
      run: (args) => set(args, args.name, args.subname, [args.content]),
    }),
    command({
      name: "set_vcard2_multi",
      tags,
      summary: "Set all texts of a part of a field of a user's vCard",
      doc: setDoc,
      args: { user, host, name: outer, subname, contents: argument.list("The texts.") },
      result: result.code(),
      permission: "change",
      run: (args) => set(args, args.name, args.subname, args.contents),
    }),
    command({
      name: "set_nickname",
      tags,
      summary: "Set the nickname in a user's vCard",
      doc: "The rest of the vCard stays.",
      args: { user, host, nickname: argument.content("The nickname; none when empty.") },
      result: result.code(),
      permission: "change",
      run: (args) => set(args, "NICKNAME", undefined, [args.nickname]),
    }),
  ];
}
