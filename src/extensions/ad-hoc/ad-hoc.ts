// XEP-0050: Ad-Hoc Commands; XEP-0133: Service Administration

import type { Caller } from "../../kernel/caller.ts";
import { commandCalls, NotAllowed } from "../../kernel/command-calls.ts";
import { CommandError, WrongArguments } from "../../kernel/commands.ts";
import { type AnyExtension, type ExtensionContext, extension } from "../../kernel/extension.ts";
import type { Asker } from "../../kernel/iq.ts";
import type { Options } from "../../kernel/options.ts";
import { type DiscoveryInfo, discovery } from "../../kernel/services.ts";
import { StorageError } from "../../kernel/storage.ts";
import { type Element, element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { rawPayload } from "../../xmpp/payload.ts";
import { Executions } from "./executions.ts";
import { DATA_FORM, type FormValues, form, submitted } from "./form-fields.ts";
import { type OfferedCommand, offeredTo } from "./offered-command.ts";
import { serviceAdministration } from "./service-administration.ts";

const COMMANDS = "http://jabber.org/protocol/commands";
const request = rawPayload(COMMANDS, "command");
const ACTIONS: ReadonlySet<string> = new Set(["execute", "complete", "next", "prev", "cancel"]);

type Running = Pick<
  ExtensionContext<Options, Record<never, never>, Record<never, never>>,
  "find" | "log" | "world"
>;

type Note = readonly [type: "info" | "error", text: string];

function refusal(condition: string): StanzaError {
  return new StanzaError("bad-request", { application: element(condition, COMMANDS) });
}

/** An administrator's commands for their own client. */
class AdHoc {
  readonly #context: Running;
  readonly #executions: Executions;

  constructor(context: Running) {
    this.#context = context;
    this.#executions = new Executions(context.world);
  }

  /** By node; none for who is no account here. */
  offered(asker: Asker): ReadonlyMap<string, OfferedCommand> {
    const calls = this.#context.find(commandCalls);
    if (calls === undefined || asker.session === undefined) return new Map();
    return offeredTo(calls, callerOf(asker), serviceAdministration);
  }

  /** @throws StanzaError */
  async answer(source: Element, asker: Asker): Promise<Element> {
    const node = source.attr("node") ?? "";
    const action = source.attr("action") ?? "execute";
    if (!ACTIONS.has(action)) throw refusal("malformed-action");
    const command = this.offered(asker).get(node);
    // The same for what is not there, so that nobody learns what others may.
    if (command === undefined) throw new StanzaError("forbidden");
    const session = source.attr("sessionid");
    const given = source.child("x", DATA_FORM);
    const name = asker.from.toString();
    if (session === undefined) {
      if (action !== "execute" && action !== "complete") throw refusal("bad-action");
      if (given !== undefined) return this.#run(command, submitted(given), asker, undefined);
      if (command.fields.length === 0) return this.#run(command, new Map(), asker, undefined);
      return this.#form(command, this.#executions.begin(name, node), []);
    }
    if (!this.#executions.has(session, name, node)) throw refusal("bad-sessionid");
    if (action === "cancel" || given?.attr("type") === "cancel") {
      this.#executions.end(session);
      return this.#element(command, "canceled", session);
    }
    // There is one stage, which is the first and the last.
    if (action === "prev") throw refusal("bad-action");
    if (given === undefined) throw refusal("bad-payload");
    return this.#run(command, submitted(given), asker, session);
  }

  async #run(
    command: OfferedCommand,
    values: FormValues,
    asker: Asker,
    session: string | undefined,
  ): Promise<Element> {
    const notes: Note[] = [];
    const run = (): Promise<Element | undefined> => command.run(values, this.#call(asker, notes));
    try {
      const shown = await this.#wait(command, run, notes);
      if (session !== undefined) this.#executions.end(session);
      if (shown === undefined && notes.length === 0) notes.push(["info", "Done."]);
      return this.#element(command, "completed", session, shown, notes);
    } catch (error) {
      const text = this.#explain(command, error);
      // What was filled in wrongly can be filled in again.
      if (session !== undefined && isMistake(error)) return this.#form(command, session, [["error", text]]);
      if (session !== undefined) this.#executions.end(session);
      return this.#element(command, "completed", session, undefined, [...notes, ["error", text]]);
    }
  }

  async #wait(
    { background, node }: OfferedCommand,
    run: () => Promise<Element | undefined>,
    notes: Note[],
  ): Promise<Element | undefined> {
    const { world, log } = this.#context;
    const failed = (error: unknown): void =>
      log.warn("a command in the background failed", { command: node, error });
    if (background === "no") return run();
    notes.push(["info", "It has begun."]);
    if (background === "after-the-answer") {
      world.soon(() => void run().catch(failed));
      return undefined;
    }
    const done = run();
    // What is refused is refused at once.
    await Promise.race([done, new Promise<void>((resolve) => world.soon(resolve))]);
    done.catch(failed);
    return undefined;
  }

  #call(asker: Asker, notes: Note[]): (name: string, values: object) => Promise<unknown> {
    const calls = this.#context.find(commandCalls)!;
    return async (name, values) => {
      const { value } = await calls.withObject(name, values, {
        caller: callerOf(asker),
        signal: new AbortController().signal,
        note: (text) => void notes.push(["info", text]),
        progress() {},
        waitForEnd() {},
      });
      return value;
    };
  }

  /** @throws StanzaError forbidden */
  #explain({ node }: OfferedCommand, error: unknown): string {
    if (error instanceof NotAllowed) throw new StanzaError("forbidden");
    if (error instanceof CommandError || error instanceof WrongArguments) return error.message;
    if (error instanceof StorageError) return "The store does not answer.";
    this.#context.log.error("command failed", { command: node, error });
    return "The command failed inside the server; its log says why.";
  }

  #form(command: OfferedCommand, session: string, notes: readonly Note[]): Element {
    const { name: title, instructions, kind, fields } = command;
    const about = { title, instructions, ...(kind === undefined ? {} : { kind }) };
    return this.#element(command, "executing", session, form("form", about, fields), notes);
  }

  #element(
    { node }: OfferedCommand,
    status: string,
    sessionid: string | undefined,
    shown?: Element,
    notes: readonly Note[] = [],
  ): Element {
    const actions =
      status === "executing"
        ? element("actions", COMMANDS, { execute: "complete" }, element("complete", COMMANDS))
        : undefined;
    return element(
      "command",
      COMMANDS,
      // §2.4: there is always one, also for what needs none.
      { node, status, sessionid: sessionid ?? this.#context.world.random(12).toString("base64url") },
      actions,
      ...notes.map(([type, text]) => element("note", COMMANDS, { type }, text)),
      shown,
    );
  }
}

function callerOf({ from, session }: Asker): Caller {
  return { front: "xmpp", account: from.bare, address: session?.place.remoteAddress, scopes: undefined };
}

function isMistake(error: unknown): boolean {
  return error instanceof WrongArguments || (error instanceof CommandError && error.kind === "bad_argument");
}

export const adHoc: AnyExtension = extension({
  name: "ad-hoc",
  doc: "The administrators' commands in their own clients: as forms (XEP-0050), and as the ones that clients know by name (XEP-0133).",
  xeps: { 50: "1.3.0", 133: "1.3.1" },
  features: [COMMANDS, DATA_FORM],
  uses: { disco: discovery },
  setup(context) {
    const commands = new AdHoc(context);
    const { disco } = context.uses;
    context.iq.set(request, ["host"], (source, asker) => commands.answer(source, asker));
    disco.addItems((node, asker) => {
      if (node !== COMMANDS) return commands.offered(asker).has(node) ? [] : undefined;
      return Array.from(commands.offered(asker).values(), (one) => ({
        jid: asker.to.toString(),
        node: one.node,
        name: one.name,
      }));
    });
    disco.addNodes((node, asker) => {
      if (node === COMMANDS) return shownAs("command-list", "Commands");
      const found = commands.offered(asker).get(node);
      return found === undefined ? undefined : shownAs("command-node", found.name);
    });
  },
});

/** XEP-0050 §2.3 */
function shownAs(type: string, name: string): DiscoveryInfo {
  return {
    identities: [{ category: "automation", type, name }],
    features: () => [COMMANDS, DATA_FORM],
    forms: () => [],
  };
}
