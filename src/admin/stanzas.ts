import type { World } from "../base/world.ts";
import type { Accounts } from "../kernel/accounts.ts";
import { accountOf, host, resource, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, type CommandContext, CommandError, command } from "../kernel/commands.ts";
import type { Router } from "../kernel/router.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Sessions } from "../kernel/sessions.ts";
import { element } from "../xml/element.ts";
import type { Frame } from "../xml/frame.ts";
import { parseFrame } from "../xml/parse.ts";
import { XmlError } from "../xml/xml-error.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { Jid } from "../xmpp/jid.ts";
import { CONTENT } from "../xmpp/namespaces.ts";
import { Stanza } from "../xmpp/stanza.ts";
import { AbsentSession } from "./absent-session.ts";

export interface StanzaServices {
  readonly accounts: Pick<Accounts, "exists">;
  readonly sessions: Sessions;
  readonly router: Pick<Router, "send" | "sendFor">;
  readonly server: Pick<ServerControl, "hosts">;
  readonly world: Pick<World, "random">;
}

const tags = ["stanza"];
const from = argument.text("The address that it comes from: one of this server.");
const to = argument.text("The address that it is for, bare or full.");
const stanzaText = argument.content("XML: one message, presence or iq.");

/** @throws CommandError bad_argument */
function address(name: string, text: string): Jid {
  const found = Jid.parse(text);
  if (found === undefined) throw new CommandError("bad_argument", `'${name}' must be an address.`);
  return found;
}

/** Sends in the name of `stanza.from` and says beside the result when nobody got it. @throws CommandError bad_argument */
async function send(services: StanzaServices, stanza: Stanza, context: CommandContext): Promise<void> {
  const { accounts, sessions, router, server } = services;
  const sender = stanza.from!;
  const ours = server.hosts.some(
    (domain) => sender.domain === domain || sender.domain.endsWith(`.${domain}`),
  );
  if (!ours)
    throw new CommandError("bad_argument", `'from' must be an address of this server, not ${sender}.`);
  const isAccount = sender.local !== "" && (await accounts.exists(sender.bare));
  const outcome = isAccount
    ? await router.sendFor(sessions.find(sender) ?? new AbsentSession(sender), stanza)
    : await router.send(stanza);
  if (/^(?:bounced|dropped):/.test(outcome)) context.note(`Nobody got it: ${outcome}.`);
}

/** @throws CommandError error */
function read(text: string): Frame {
  let frame: Frame;
  try {
    frame = parseFrame(text, CONTENT);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new CommandError("error", `invalid xml: ${error.message}`);
  }
  const { name, ns } = frame;
  if (ns !== CONTENT || (name !== "message" && name !== "presence" && name !== "iq")) {
    throw new CommandError("error", "incorrect stanza: a message, presence or iq was expected");
  }
  return frame;
}

/** @throws CommandError error */
function stanzaOf(text: string, sender: Jid): Stanza {
  try {
    // Its bytes are of its own: nothing shares them.
    return Stanza.fromFrame(read(text), sender, undefined);
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    throw new CommandError("error", "incorrect stanza: its 'to' is no address");
  }
}

export function stanzaCommands(services: StanzaServices): readonly Command[] {
  return [sendMessage(services), sendStanza(services), sendToClient(services)];
}

function sendMessage(services: StanzaServices): Command {
  return command({
    name: "send_message",
    tags,
    summary: "Send a message",
    doc: "As if a client of the sender had sent it: it stands in the sender's archive too. That nobody gets it is no failure.",
    args: {
      type: argument.choice(["normal", "chat", "headline", "groupchat"], "What kind of message."),
      from,
      to,
      subject: argument.content("The subject; none when empty."),
      body: argument.content("The text."),
    },
    result: result.code(),
    permission: "change",
    async run(args, context) {
      const head = {
        from: address("from", args.from),
        to: address("to", args.to),
        type: args.type,
        id: services.world.random(8).toString("hex"),
      };
      const subject = args.subject === "" ? undefined : element("subject", CONTENT, {}, args.subject);
      await send(
        services,
        Stanza.of("message", head, subject, element("body", CONTENT, {}, args.body)),
        context,
      );
    },
  });
}

function sendStanza(services: StanzaServices): Command {
  return command({
    name: "send_stanza",
    tags,
    summary: "Send a stanza in somebody's name",
    doc: "As if a client of the sender had sent it. The addresses in the XML are replaced by `from` and `to`. That nobody gets it is no failure.",
    args: { from, to, stanza: stanzaText },
    result: result.code(),
    permission: "change",
    async run(args, context) {
      const sender = address("from", args.from);
      const receiver = address("to", args.to);
      await send(services, stanzaOf(args.stanza, sender).with({ from: sender, to: receiver }), context);
    },
  });
}

function sendToClient({ sessions, server }: StanzaServices): Command {
  return command({
    name: "send_stanza_c2s",
    tags,
    summary: "Write a stanza to a client",
    doc: "The client gets it as it stands; nobody else takes part. Without `from` it comes from the client's own account.",
    args: { user, host, resource, stanza: stanzaText },
    result: result.code(),
    permission: "change",
    run(args) {
      const full = accountOf(server.hosts, args.user, args.host)?.withResource(args.resource);
      const session = full === undefined ? undefined : sessions.find(full);
      if (session === undefined) throw new CommandError("error", "User session not found");
      const written = read(args.stanza).attribute("from");
      const stanza = stanzaOf(
        args.stanza,
        written === undefined ? session.account : address("from", written),
      );
      session.send(stanza.to === undefined ? stanza.with({ to: session.jid }) : stanza);
    },
  });
}
