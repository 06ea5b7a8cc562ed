import { describeResult, synopsis } from "../src/admin/help.ts";
import { openApi } from "../src/admin/openapi.ts";
import type { MetricDescription } from "../src/base/metrics.ts";
import type { Command } from "../src/kernel/commands.ts";
import { type Option, type Options, schemaOf } from "../src/kernel/options.ts";
import { EFFECTS } from "../src/server/configuration-explain.ts";

const GENERATED = "<!-- Made by tools/make-reference.ts from the declarations in the code. -->\n";

/** Text in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function written(option: Option<unknown>): string {
  if (option.default === undefined) return "none";
  const value = option.type.write(option.default as never);
  if (Array.isArray(value)) return value.length === 0 ? "empty" : `\`[${value.join(", ")}]\``;
  return `\`${typeof value === "object" ? JSON.stringify(value) : value}\``;
}

function section(name: string, option: Option<unknown>, depth: number): string {
  const members = Object.entries(option.section ?? {});
  const plain = members.filter(([, member]) => member.section === undefined && member.each === undefined);
  const inner = members.filter(([, member]) => !plain.some(([, one]) => one === member));
  const rows = plain.map(
    ([key, member]) =>
      `| \`${key}\` | ${cell(member.type.says)} | ${cell(written(member))} | ${EFFECTS[member.effect ?? "restart"]} | ${cell(member.doc)} |\n`,
  );
  const table =
    rows.length === 0
      ? ""
      : `\n| option | value | default | takes effect | |\n|---|---|---|---|---|\n${rows.join("")}`;
  const parts = inner.map(([key, member]) => {
    const full = name === "" ? key : `${name}.${key}`;
    if (member.each === undefined) return section(full, member, depth + 1);
    return section(`${full}.NAME`, { ...member, section: member.each }, depth + 1);
  });
  return `\n${"#".repeat(depth)} \`${name}\`\n\n${option.doc}\n${table}${parts.join("")}`;
}

/** docs/reference/options.md */
export function optionsPage(options: Options): string {
  const top: Option<unknown> = {
    type: { says: "", schema: {}, read: () => undefined, write: () => undefined },
    default: undefined,
    doc: "",
    section: options,
  };
  const body = section("", top, 1).replace("\n# ``\n\n\n", "");
  return `${GENERATED}
# Options

The configuration is a YAML file: \`tercet start --config FILE\`, else \`tercet.yml\` in the working directory. Everything has a default.
\`tercet check\` reads the file without starting; \`tercet check --explain limits.client.bytes\` says what an option does and where its
value comes from. \`tercet.schema.json\` beside this page gives completion in editors that know JSON Schema:

\`\`\`yaml
# yaml-language-server: $schema=docs/reference/tercet.schema.json
hosts:
  - example.org
\`\`\`

Durations are written \`30 s\`, \`5 minutes\`, \`2 hours\`, \`1 day\`, or as a number of seconds; sizes \`256 KiB\`, \`10 MB\`, or as a number
of bytes.

\`tercetctl reload_config\` reads the file again while the server runs. What takes effect at a restart only is refused then, and with it all the rest.
${body}`;
}

/** docs/reference/tercet.schema.json */
export function schemaText(options: Options): string {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of Tercet",
    ...schemaOf(options),
  };
  return jsonText(schema);
}

/** JSON as the formatter has it: lists of words on one line where they fit. */
function jsonText(value: object): string {
  const short = JSON.stringify(value, undefined, 2).replace(/^.*\[\n[^[\]{}]*\]/gm, (list) => {
    const line = list.replace(/\n\s*/g, " ").replace("[ ", "[").replace(" ]", "]").trimStart();
    return line.length + list.search(/\S/) < 110 ? `${list.match(/^ */)}${line}` : list;
  });
  return `${short}\n`;
}

/** docs/reference/metrics.md */
export function metricsPage(metrics: readonly MetricDescription[]): string {
  const rows = metrics.map(({ name, type, labels, help }) => {
    const named = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${cell(values)}`);
    return `| \`${name}\` | ${type} | ${named.join("; ")} | ${cell(help)} |\n`;
  });
  return `${GENERATED}
# Metrics

\`http://localhost:5280/metrics\` has the figures of the server in the text format of Prometheus, for addresses that the access rule
\`http.metrics\` allows: those of the machine itself unless it is changed. Labels have few values, and none that strangers choose. Counters begin
with 0 at the start of the server. \`examples/grafana-dashboard.json\` is a dashboard for Grafana.

\`\`\`yaml
# prometheus.yml
scrape_configs:
  - job_name: tercet
    static_configs:
      - targets: ["localhost:5280"]
\`\`\`

| name | type | labels | |
|---|---|---|---|
${rows.join("")}`;
}

/** docs/reference/openapi.json */
export function openApiText(commands: readonly Command[], version: string): string {
  return jsonText(openApi(commands, version));
}

function commandText(command: Command): string {
  const args = Object.entries(command.args).map(
    ([name, { kind, doc }]) => `| \`${name}\` | ${kind} | ${cell(doc)} |\n`,
  );
  const table = args.length === 0 ? "" : `\n| argument | type | |\n|---|---|---|\n${args.join("")}`;
  const more = command.doc === "" ? "" : ` ${command.doc}`;
  const lines = [
    `Prints: ${describeResult(command.result).replace(/\.$/, "")}.`,
    `Right: ${command.permission}. Tags: ${command.tags.join(", ")}.`,
  ];
  return `\n## ${command.name}\n\n    tercetctl ${synopsis(command)}\n\n${command.summary}.${more}\n${table}\n${lines.join("\n")}\n`;
}

/** docs/reference/commands.md */
export function commandsPage(commands: readonly Command[]): string {
  return `${GENERATED}
# Commands

\`tercetctl [--data DIRECTORY | --config FILE] [--json] COMMAND [ARGUMENT ...]\` talks to the running server over a socket in its data
directory. \`-\` and \`_\` in names are the same. Names, arguments, output and exit codes are those of ejabberdctl.

| exit code | |
|---|---|
| 0 | done |
| 1 | the command failed, or there is no such command |
| 2 | wrong arguments |
| 3 | the server is not running |

What ejabberdctl prints, errors included, stands on standard output; what is said beside it, on standard error. \`tercetctl help\`
and \`tercetctl help COMMAND\` print what follows.
${commands.map(commandText).join("")}`;
}
