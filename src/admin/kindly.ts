import type { World } from "../base/world.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, type CommandContext, CommandError, command } from "../kernel/commands.ts";
import type { Router } from "../kernel/router.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Sessions } from "../kernel/sessions.ts";
import { element } from "../xml/element.ts";
import { CONTENT, HINTS } from "../xmpp/namespaces.ts";
import { Stanza } from "../xmpp/stanza.ts";

export interface KindlyServices {
  readonly server: ServerControl;
  readonly sessions: Sessions;
  readonly router: Pick<Router, "send">;
  readonly world: Pick<World, "monotonic" | "random" | "after">;
}

/** Seconds; what a timer can hold. */
const LONGEST_DELAY = 2_000_000;

interface Step {
  readonly doing: string;
  readonly act: () => unknown;
}

const args = {
  delay: argument.integer("Seconds between the announcement and the end."),
  announcement: argument.content("What the users get to read."),
};

/** The three of them: users are told, and have some time left. */
export function kindlyCommands(services: KindlyServices): readonly Command[] {
  const { server } = services;
  const kindly = new KindlyEnd(services);
  return [
    command({
      name: "stop_kindly",
      tags: ["server", "async"],
      summary: "Tell the users, wait, and stop the server",
      doc: "From the beginning no new connection is accepted. Every session gets the announcement from its own host as a headline; what was connected works on during the delay. Says step by step what it does.",
      args,
      result: result.code(),
      permission: "change",
      async run(wish, context) {
        await kindly.run(wish, context, "Stopping tercet node", () => {
          context.waitForEnd();
          server.stop();
        });
      },
    }),
    command({
      name: "restart_kindly",
      tags: ["server", "async"],
      summary: "Tell the users, wait, and start the server anew",
      doc: "As `stop_kindly`, then as `restart`.",
      args,
      result: result.code(),
      permission: "change",
      async run(wish, context) {
        await kindly.run(wish, context, "Restarting tercet node", () => {
          context.waitForEnd();
          server.restart();
        });
      },
    }),
    command({
      name: "evacuate_kindly",
      tags: ["server"],
      summary: "Tell the users, wait, and end their sessions for good",
      doc: "As `stop_kindly`, but the server runs on without clients: their ports stay closed until it is started anew.",
      args,
      result: result.code(),
      permission: "change",
      async run(wish, context) {
        await kindly.run(wish, context, "Ending all sessions", () => server.endStreams());
      },
    }),
  ];
}

/** One at a time: two countdowns would tell the users two things. */
class KindlyEnd {
  readonly #services: KindlyServices;
  #underWay = false;

  constructor(services: KindlyServices) {
    this.#services = services;
  }

  /** @throws CommandError bad_argument, conflict */
  async run(
    { delay, announcement }: { readonly delay: number; readonly announcement: string },
    context: CommandContext,
    lastly: string,
    end: () => unknown,
  ): Promise<void> {
    if (delay < 0 || delay > LONGEST_DELAY) {
      throw new CommandError("bad_argument", `'delay' must be from 0 to ${LONGEST_DELAY} seconds.`);
    }
    if (this.#underWay || this.#services.server.state === "stopping") {
      throw new CommandError("conflict", "The end was announced already.");
    }
    this.#underWay = true;
    const { server } = this.#services;
    try {
      await this.#steps(context, [
        { doing: "Stopping tercet port listeners", act: () => server.refuseClients() },
        {
          doing: "Sending announcement to connected users",
          act: () => this.#announce(`Server stop in ${delay} seconds!`, announcement),
        },
        {
          doing: `Waiting ${delay} seconds`,
          act: () => this.#wait(delay, context),
        },
        { doing: lastly, act: end },
      ]);
    } finally {
      this.#underWay = false;
    }
  }

  /** @throws CommandError when the caller thinks better of it: the users are told, and everything is as before */
  async #wait(seconds: number, { signal }: CommandContext): Promise<void> {
    const { server, world } = this.#services;
    const cancelled = await new Promise<boolean>((resolve) => {
      const cancel = world.after(seconds * 1000, () => resolve(false));
      const stop = (): void => {
        cancel();
        resolve(true);
      };
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
    if (!cancelled) return;
    await server.acceptClients();
    await this.#announce("Server stop cancelled", "The server goes on.");
    throw new CommandError(
      "error",
      "It was cancelled; the users have been told, and clients can log in again.",
    );
  }

  async #steps({ progress }: CommandContext, steps: readonly Step[]): Promise<void> {
    const { monotonic } = this.#services.world;
    const begun = monotonic();
    for (const [index, { doing, act }] of steps.entries()) {
      // To the nearest second: a timer may be a few milliseconds early or late.
      const seconds = Math.round((monotonic() - begun) / 1000);
      progress(`[${index + 1}/${steps.length} ${seconds}s] ${doing}... `, true);
      await act();
      progress("ok");
    }
  }

  /** To the full address of every session, from its own host; the hint keeps it for those who look into their archive later. */
  async #announce(subject: string, body: string): Promise<void> {
    const { sessions, router, world } = this.#services;
    const text = (name: string, value: string) => element(name, CONTENT, { "xml:lang": "en" }, value);
    const parts = [text("subject", subject), text("body", body), element("store", HINTS)];
    const sent = Array.from(sessions.connected(), ({ jid }) => {
      const id = world.random(8).toString("hex");
      return router.send(
        Stanza.of("message", { from: jid.domainJid, to: jid, type: "headline", id }, ...parts),
      );
    });
    await Promise.all(sent);
  }
}
