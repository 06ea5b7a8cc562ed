import * as result from "../../kernel/command-results.ts";
import { type Command, CommandError, command } from "../../kernel/commands.ts";
import type { SetupLink } from "./setup-link.ts";

export interface SetupServices {
  readonly setup: Pick<SetupLink, "make">;
  /** "http://localhost:5280"; undefined where nothing is served over HTTP. */
  readonly webOrigin: () => string | undefined;
}

/** The address of the page on which the first administrator is made. What follows the # never leaves the browser by itself. */
export function setupAddress(origin: string, token: string): string {
  return `${origin}/admin/setup#${token}`;
}

export function setupCommand({ setup, webOrigin }: SetupServices): Command {
  return command({
    name: "setup_link",
    tags: ["server"],
    summary: "Make a link on which an administrator is made",
    doc: "It works once and for 15 minutes, and takes the place of every link before. On its page an account gets a name and a password, or shows that it has them, and is stored as an administrator. Only for whoever may use the control socket.",
    args: {},
    result: result.text("The link."),
    permission: "change",
    run(_, { caller }) {
      // A page or a token must not be able to make more administrators than those that are named.
      if (caller.front !== "control") throw new CommandError("error", "Run it with tercetctl.");
      const origin = webOrigin();
      if (origin === undefined)
        throw new CommandError("error", "Nothing is served over HTTP: listen.http and listen.https are off.");
      return setupAddress(origin, setup.make());
    },
  });
}
