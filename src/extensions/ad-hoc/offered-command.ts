import type { Argument } from "../../kernel/command-arguments.ts";
import type { CommandCalls } from "../../kernel/command-calls.ts";
import type { ColumnValue } from "../../kernel/command-results.ts";
import type { Command, CommandOutcome } from "../../kernel/commands.ts";
import type { Element } from "../../xml/element.ts";
import { type FieldType, type FormField, type FormValues, form, table } from "./form-fields.ts";

/** Runs commands of the registry in the name of who asks. @throws as CommandCalls */
export type Call = (name: string, values: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** One command as clients find it. */
export interface OfferedCommand {
  readonly node: string;
  readonly name: string;
  readonly instructions: string;
  /** Commands of the registry that it needs; who may not run all of them does not see it. */
  readonly needs: readonly string[];
  /** FORM_TYPE of its forms. */
  readonly kind?: string;
  /** None: it runs at once. */
  readonly fields: readonly FormField[];
  /** The answer is not waited for: it takes as long as somebody wants, or ends the server. */
  readonly background: "no" | "begun" | "after-the-answer";
  run(values: FormValues, call: Call): Promise<Element | undefined>;
}

/** These end the server, and with it the stream on which the answer has to go out first. */
const ENDINGS: ReadonlySet<string> = new Set(["stop", "restart"]);

function typeOf({ secret, schema, kind }: Argument<unknown>): FieldType {
  if (secret) return "text-private";
  if ("enum" in schema) return "list-single";
  return kind.startsWith("[") ? "text-multi" : "text-single";
}

function fieldOf([name, argument]: readonly [string, Argument<unknown>]): FormField {
  const type = typeOf(argument);
  const options = type === "list-single" ? { options: (argument.schema as { enum: string[] }).enum } : {};
  // Texts and lists may be empty: an empty field is that.
  const required = type !== "text-multi" && argument.kind !== "string";
  return { name, type, label: argument.doc, required: required || type === "list-single", ...options };
}

/** A command of the registry. */
export function offered(command: Command): OfferedCommand {
  const declared = Object.entries(command.args);
  const background = ENDINGS.has(command.name)
    ? "after-the-answer"
    : command.tags.includes("async")
      ? "begun"
      : "no";
  return {
    node: command.name,
    name: command.summary,
    instructions: command.doc === "" ? command.summary : command.doc,
    needs: [command.name],
    fields: declared.map(fieldOf),
    background,
    async run(values, call) {
      const given = declared.map(([name, { kind }]) => {
        const found = values.get(name) ?? [];
        return [name, kind.startsWith("[") ? found : found.join("\n")] as const;
      });
      const value = await call(command.name, Object.fromEntries(given));
      return resultForm({ command, value });
    },
  };
}

type Row = Readonly<Record<string, ColumnValue>>;

function cell(value: ColumnValue | undefined): string {
  return typeof value === "object" ? value.join(",") : String(value ?? "");
}

/** undefined where there is nothing to show. */
function resultForm({ command, value }: CommandOutcome): Element | undefined {
  const { result, summary: title, name } = command;
  const field = (type: FieldType, label: string, values: readonly string[]): Element =>
    form("result", { title }, [{ name, type, label, values }]);
  switch (result.kind) {
    case "code":
      return value === false ? field("text-single", "Result", ["false"]) : undefined;
    case "text":
      return field("text-multi", result.doc, String(value).split("\n"));
    case "integer":
      return field("text-single", result.doc, [String(value)]);
    case "list":
      return field("text-multi", result.element, value as readonly string[]);
    case "row": {
      const columns = Object.keys(result.columns);
      const fields = columns.map((column): FormField => {
        return { name: column, type: "text-single", label: column, values: [cell((value as Row)[column])] };
      });
      return form("result", { title }, fields);
    }
    case "rows": {
      const columns = Object.keys(result.columns);
      const rows = (value as readonly Row[]).map((row) =>
        Object.fromEntries(columns.map((column) => [column, cell(row[column])])),
      );
      return table({ title }, columns, rows);
    }
  }
}

/** What may be run by this caller, by node. */
export function offeredTo(
  calls: CommandCalls,
  caller: Parameters<CommandCalls["open"]>[0],
  services: readonly OfferedCommand[],
): ReadonlyMap<string, OfferedCommand> {
  const open = calls.open(caller);
  const names = new Set(open.map(({ name }) => name));
  const all = [
    ...services.filter(({ needs }) => needs.every((name) => names.has(name))),
    ...open.map(offered),
  ];
  return new Map(all.map((one) => [one.node, one]));
}
