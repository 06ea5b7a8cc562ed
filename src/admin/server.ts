import { suggest } from "../base/suggest.ts";
import type { Accounts } from "../kernel/accounts.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import type { Outcomes } from "../kernel/outcomes.ts";
import type { ServerControl } from "../kernel/server-control.ts";

export interface ServerServices {
  readonly server: ServerControl;
  readonly accounts: Pick<Accounts, "count">;
  readonly sessions: { readonly size: number };
  readonly outcomes: Pick<Outcomes, "counts" | "stanzasIn">;
  /** `World.monotonic`. */
  readonly monotonic: () => number;
}

export function serverCommands(services: ServerServices): readonly Command[] {
  const { server } = services;
  return [
    command({
      name: "status",
      tags: ["server"],
      summary: "Say whether the server runs",
      args: {},
      result: result.text("Two lines: the state of the node, and the version."),
      permission: "read",
      run: () =>
        `The node ${server.node} is started with status: ${server.state}\n` +
        `tercet ${server.version} is running in that node`,
    }),
    command({
      name: "stop",
      tags: ["server"],
      summary: "Stop the server",
      doc: "Every session is told; the command returns when the server has ended.",
      args: {},
      result: result.code(),
      permission: "change",
      run(_, context) {
        context.waitForEnd();
        server.stop();
      },
    }),
    stats(services),
    command({
      name: "outcomes",
      tags: ["statistics"],
      summary: "Count what became of stanzas",
      doc: "Counted from the start of the server. Every stanza that a client has sent ends in exactly one outcome; when none is on its way, the counts add up to `stats stanzas`.",
      args: {},
      result: result.rows("outcome", "count"),
      permission: "read",
      run: () => Array.from(services.outcomes.counts(), ([outcome, count]) => ({ outcome, count })),
    }),
  ];
}

function stats(services: ServerServices): Command {
  const counters = {
    registeredusers: async () => {
      const counts = await Promise.all(services.server.hosts.map((host) => services.accounts.count(host)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    onlineusers: () => services.sessions.size,
    /** That came in from the sessions of this server; each is in one outcome, or on its way to it. */
    stanzas: () => services.outcomes.stanzasIn,
    uptimeseconds: () => Math.floor((services.monotonic() - services.server.startedAt) / 1000),
  } as const;
  const names = Object.keys(counters).join(", ");
  return command({
    name: "stats",
    tags: ["statistics"],
    summary: "Get one figure of the server",
    args: { name: argument.text(`One of ${names}.`) },
    result: result.integer("The figure."),
    permission: "read",
    run({ name }) {
      if (Object.hasOwn(counters, name)) return counters[name as keyof typeof counters]();
      const near = suggest(name, Object.keys(counters));
      const hint = near === undefined ? `There are: ${names}.` : `Did you mean '${near}'?`;
      throw new CommandError("bad_argument", `There is no figure '${name.slice(0, 60)}'. ${hint}`);
    },
  });
}
