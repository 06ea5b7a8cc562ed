import type { Accounts } from "../../kernel/accounts.ts";
import { host, requireAccount, user } from "../../kernel/command-addresses.ts";
import * as argument from "../../kernel/command-arguments.ts";
import * as result from "../../kernel/command-results.ts";
import { type Command, CommandError, command } from "../../kernel/commands.ts";
import type { Domains } from "../../kernel/router.ts";
import { Element, element } from "../../xml/element.ts";
import { parseElement } from "../../xml/parse.ts";
import { serialize } from "../../xml/writer.ts";
import { XmlError } from "../../xml/xml-error.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";

export interface PrivateCommandParts {
  readonly accounts: Pick<Accounts, "exists">;
  readonly domains: Pick<Domains, "hosts">;
  read(account: Jid, key: string): Promise<Element | undefined>;
  /** @throws StanzaError for what cannot be kept */
  write(account: Jid, elements: readonly Element[]): Promise<void>;
}

/** A name has no space in it, so this is unique. */
export function keyOf({ name, ns }: Pick<Element, "name" | "ns">): string {
  return `${name} ${ns}`;
}

/** @throws CommandError error */
function read(text: string): Element {
  try {
    return parseElement(text);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new CommandError("error", `invalid xml: ${error.message}`);
  }
}

export function privateCommands(parts: PrivateCommandParts): readonly Command[] {
  return [
    command({
      name: "private_get",
      tags: ["private"],
      summary: "Get an element that a user's clients have kept here",
      args: {
        user,
        host,
        element: argument.text("The element's name.", "storage"),
        ns: argument.text("Its namespace.", "storage:bookmarks"),
      },
      result: result.text("The query that a client would get, with the element in it."),
      permission: "read",
      async run(args) {
        const account = await requireAccount(
          { accounts: parts.accounts, hosts: parts.domains.hosts },
          args.user,
          args.host,
        );
        const wanted = { name: args.element, ns: args.ns };
        if (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(wanted.name)) {
          throw new CommandError("bad_argument", "'element' must be the name of an element.");
        }
        const kept = (await parts.read(account, keyOf(wanted))) ?? new Element(wanted.name, wanted.ns);
        return serialize(element("query", "jabber:iq:private", {}, kept), "");
      },
    }),
    command({
      name: "private_set",
      tags: ["private"],
      summary: "Keep an element for a user's clients",
      doc: "It replaces the one of this name and namespace; an empty one takes it away.",
      args: { user, host, element: argument.content("XML: one element with a namespace of its own.") },
      result: result.code(),
      permission: "change",
      async run(args) {
        const account = await requireAccount(
          { accounts: parts.accounts, hosts: parts.domains.hosts },
          args.user,
          args.host,
        );
        try {
          await parts.write(account, [read(args.element)]);
        } catch (error) {
          if (!(error instanceof StanzaError)) throw error;
          throw new CommandError("error", error.text ?? "The element needs a namespace of its own.");
        }
      },
    }),
  ];
}
