import { suggest } from "../base/suggest.ts";
import type { World } from "../base/world.ts";
import type { Accounts } from "../kernel/accounts.ts";
import { host, hostOf } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import type { Outcomes } from "../kernel/outcomes.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Sessions } from "../kernel/sessions.ts";

export interface ServerServices {
  readonly server: ServerControl;
  readonly accounts: Pick<Accounts, "count">;
  readonly sessions: Pick<Sessions, "connected" | "size">;
  readonly outcomes: Pick<Outcomes, "counts" | "stanzasIn">;
  readonly world: Pick<World, "monotonic">;
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
    command({
      name: "restart",
      tags: ["server"],
      summary: "Stop the server and start it anew",
      doc: "The program begins again in the same process with the same arguments, and reads its configuration. The command returns when the server has ended.",
      args: {},
      result: result.code(),
      permission: "change",
      run(_, context) {
        context.waitForEnd();
        server.restart();
      },
    }),
    ...stats(services),
    command({
      name: "outcomes",
      tags: ["statistics"],
      summary: "Count what became of stanzas",
      doc: "Counted from the start of the server. Every stanza that a client has sent ends in exactly one outcome; when none is on its way, the counts add up to `stats stanzas`.",
      args: {},
      result: result.rows({ outcome: "string", count: "integer" }),
      permission: "read",
      run: () => Array.from(services.outcomes.counts(), ([outcome, count]) => ({ outcome, count })),
    }),
  ];
}

function stats({ server, accounts, sessions, outcomes, world }: ServerServices): readonly Command[] {
  const registered = async (hosts: readonly string[]): Promise<number> => {
    const counts = await Promise.all(hosts.map((host) => accounts.count(host)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const ofServer: Counters = {
    registeredusers: () => registered(server.hosts),
    onlineusers: () => sessions.size,
    onlineusersnode: () => sessions.size,
    /** That came in from the sessions of this server; each is in one outcome, or on its way to it. */
    stanzas: () => outcomes.stanzasIn,
    uptimeseconds: () => Math.floor((world.monotonic() - server.startedAt) / 1000),
  };
  const ofHost = (host: string): Counters => ({
    registeredusers: () => registered([host]),
    onlineusers: () => [...sessions.connected()].filter(({ jid }) => jid.domain === host).length,
  });
  return [
    command({
      name: "stats",
      tags: ["statistics"],
      summary: "Get one figure of the server",
      args: { name: argument.text(`One of ${Object.keys(ofServer).join(", ")}.`, "registeredusers") },
      result: result.integer("The figure."),
      permission: "read",
      run: ({ name }) => figure(ofServer, name),
    }),
    command({
      name: "stats_host",
      tags: ["statistics"],
      summary: "Get one figure of a host",
      args: {
        name: argument.text(`One of ${Object.keys(ofHost("")).join(", ")}.`, "registeredusers"),
        host,
      },
      result: result.integer("The figure."),
      permission: "read",
      run: (args) => figure(ofHost(hostOf(server.hosts, args.host)), args.name),
    }),
  ];
}

type Counters = Readonly<Record<string, () => number | Promise<number>>>;

/** @throws CommandError bad_argument */
function figure(counters: Counters, name: string): number | Promise<number> {
  if (Object.hasOwn(counters, name)) return counters[name]!();
  const names = Object.keys(counters);
  const near = suggest(name, names);
  const hint = near === undefined ? `There are: ${names.join(", ")}.` : `Did you mean '${near}'?`;
  throw new CommandError("bad_argument", `There is no figure '${name.slice(0, 60)}'. ${hint}`);
}
