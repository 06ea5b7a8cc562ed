import { host, hostsOf } from "../../kernel/command-addresses.ts";
import * as argument from "../../kernel/command-arguments.ts";
import * as result from "../../kernel/command-results.ts";
import { type Command, command } from "../../kernel/commands.ts";
import { type AnyExtension, documentStore, extension } from "../../kernel/extension.ts";
import { sessionAvailable } from "../../kernel/points.ts";
import type { Domains } from "../../kernel/router.ts";
import type { Token } from "../../kernel/services.ts";
import { type Announcement, Announcements } from "./announcements.ts";
import { MessageOfTheDay, type StoredDay } from "./message-of-the-day.ts";

interface Running {
  readonly announcements: Announcements;
  readonly day: MessageOfTheDay;
}

/** For the commands of this extension. */
const running: Token<Running> = { name: "announcements" };

const tags = ["announce"];
const hosts = argument.text("The domain, or all.");
const args = {
  host: hosts,
  subject: argument.content("The subject; none when empty."),
  body: argument.content("The text; \\n stands for a new line."),
};

function announcementOf({ subject, body }: Announcement): Announcement {
  return { subject, body: body.replaceAll("\\n", "\n") };
}

function sending(domains: Pick<Domains, "hosts">, find: () => Running): readonly Command[] {
  return [
    command({
      name: "announce_send_online",
      tags,
      summary: "Announce something to everybody who is connected",
      doc: "Every session gets a headline from its own host.",
      args,
      result: result.code(),
      permission: "change",
      async run(wish) {
        await find().announcements.toOnline(hostsOf(domains.hosts, wish.host), announcementOf(wish));
      },
    }),
    command({
      name: "announce_send_all",
      tags,
      summary: "Announce something to every user",
      doc: "Who is there gets a headline from the host, who is away an ordinary message that waits.",
      args,
      result: result.code(),
      permission: "change",
      async run(wish, { signal, note }) {
        const targets = hostsOf(domains.hosts, wish.host);
        const { sent, refused } = await find().announcements.toAll(targets, announcementOf(wish), signal);
        const rest = refused === 0 ? "" : `, ${refused} could not be reached`;
        note(`${sent} users have got it${rest}.`);
      },
    }),
  ];
}

function ofTheDay(domains: Pick<Domains, "hosts">, find: () => Running): readonly Command[] {
  return [
    command({
      name: "announce_motd_get",
      tags,
      summary: "Get the message of the day",
      args: { host },
      result: result.row({ subject: "string", body: "string" }),
      permission: "read",
      async run(wish, context) {
        const [domain] = hostsOf(domains.hosts, wish.host);
        const found = await find().day.of(domain!);
        if (found === undefined) context.note(`${domain} has no message of the day.`);
        return { subject: found?.subject ?? "", body: found?.body ?? "" };
      },
    }),
    command({
      name: "announce_motd_set_online",
      tags,
      summary: "Set the message of the day and send it to everybody who is connected",
      doc: "Everybody else gets it once, with the next session.",
      args,
      result: result.code(),
      permission: "change",
      async run(wish) {
        for (const domain of hostsOf(domains.hosts, wish.host))
          await find().day.set(domain, announcementOf(wish), true);
      },
    }),
    command({
      name: "announce_motd_update",
      tags,
      summary: "Set the message of the day",
      doc: "Everybody gets it once, with the next session that begins; who is connected has to come again.",
      args,
      result: result.code(),
      permission: "change",
      async run(wish) {
        for (const domain of hostsOf(domains.hosts, wish.host))
          await find().day.set(domain, announcementOf(wish), false);
      },
    }),
    command({
      name: "announce_motd_delete",
      tags,
      summary: "Delete the message of the day",
      args: { host: hosts },
      result: result.code(),
      permission: "change",
      async run(wish, { note }) {
        for (const domain of hostsOf(domains.hosts, wish.host)) {
          if (!(await find().day.delete(domain))) note(`${domain} had no message of the day.`);
        }
      },
    }),
  ];
}

export const announce: AnyExtension = extension({
  name: "announce",
  doc: "Announcements to the users of a host, and a message of the day that each of them gets once; both by commands.",
  xeps: {},
  features: [],
  stores: { day: documentStore<StoredDay>(), seen: documentStore<string>() },
  commands({ domains, find }) {
    const found = (): Running => find(running)!;
    return [...sending(domains, found), ...ofTheDay(domains, found)];
  },
  setup(context) {
    const { accounts, commit, log, on, provide, router, sessions, stores, world } = context;
    const announcements = new Announcements({ accounts, router, sessions, world });
    const day = new MessageOfTheDay({ stores, announcements, world, log, commit });
    provide(running, { announcements, day });
    on(sessionAvailable, "deliver", ({ session }) => day.give(session));
  },
});
