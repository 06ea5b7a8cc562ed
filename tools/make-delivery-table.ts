// Makes docs/reference/delivery.md from the cases of test/conformance/delivery/.
//   node tools/make-delivery-table.ts            writes the page when it has changed
//   node tools/make-delivery-table.ts --check    writes nothing, and fails when the page is stale

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type IqCase, iqSemantics } from "../test/conformance/delivery/iq-semantics.ts";
import { rows } from "../test/conformance/delivery/table.ts";
import {
  addressees,
  applies,
  type Fate,
  type Row,
  type Situation,
  situations,
  stanzas,
} from "../test/conformance/delivery/vocabulary.ts";
import { stale } from "./make-reference.ts";

const PAGE = "docs/reference/delivery.md";

const head = `<!-- Made by tools/make-delivery-table.ts from test/conformance/delivery/. -->

# What becomes of a stanza

What \`romeo@h.test/self\`, connected and not available, sends, and what becomes of it: by the kind and type of the stanza, by whom it
addresses, and by the resources that the addressed account has (\`a 5\` is a resource of priority 5). For an address of the sender's own
account these are resources beside the sender. Every line is tested against a running server, for each of its resources
(\`test/conformance/delivery.test.ts\`).

- **→ a b**: these resources get it as it was sent, and nobody else.
- **kept**: until the account has an available resource of non-negative priority; a subscription request until it is answered.
- **silence**: nobody hears of it.
- A condition in \`type\`: the sender gets this error, with what it had sent.
- **← a b**: the sender gets the presence of these resources; **← unavailable**: that nobody is there.
`;

const titles: Readonly<Record<string, string>> = {
  message: "Messages",
  presence: "Presence",
  iq: "Requests and answers",
};

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function shown(fate: Fate): string {
  const [word, rest] = [fate.split(" ")[0]!, fate.slice(fate.indexOf(" ") + 1)];
  switch (word) {
    case "deliver":
      return `→ ${rest}`;
    case "error":
      return `\`${rest}\``;
    case "presence":
      return `← ${rest.replace(/^of /, "")}`;
    case "ignore":
      return "silence";
    default:
      return "kept";
  }
}

function table(columns: readonly string[], lines: readonly (readonly string[])[]): string {
  if (lines.length === 0) return "";
  const all = [columns, columns.map(() => "---"), ...lines];
  return `\n${all.map((line) => `| ${line.map(cell).join(" | ")} |\n`).join("")}`;
}

/** Choices as numbered notes, each once. */
class Notes {
  readonly #texts: string[] = [];

  mark(choice: string | undefined): string {
    if (choice === undefined) return "";
    if (!this.#texts.includes(choice)) this.#texts.push(choice);
    return ` (${this.#texts.indexOf(choice) + 1})`;
  }

  text(): string {
    if (this.#texts.length === 0) return "";
    const list = this.#texts.map((text, index) => `${index + 1}. ${text}\n`);
    return `\nChosen where the clause leaves a choice:\n\n${list.join("")}`;
  }
}

function section(kind: string, kindRows: readonly Row[]): string {
  const notes = new Notes();
  const columns = Object.keys(situations) as Situation[];
  const start = (row: Row): string[] => [
    addressees[row.to].says,
    row.stanzas.map((name) => name.slice(kind.length + 1)).join(", "),
  ];
  const end = (row: Row): string => row.clause + notes.mark(row.choice);
  const various: string[][] = [];
  const constant: string[][] = [];
  for (const row of kindRows) {
    const { fate } = row;
    if (typeof fate === "string") constant.push([...start(row), shown(fate), end(row)]);
    else {
      const fates = columns.map((column) => (applies(row.to, column) ? shown(fate[column]) : ""));
      various.push([...start(row), ...fates, end(row)]);
    }
  }
  const says = columns.map((column) => situations[column].says);
  return [
    `\n## ${titles[kind]}\n`,
    table(["to", "type", ...says, "clause"], various),
    table(["to", "type", "whatever its resources", "clause"], constant),
    notes.text(),
  ].join("");
}

function iqSection(cases: readonly IqCase[]): string {
  const lines = cases.map(({ about, to, fate, clause }) => [
    `${about[0]!.toUpperCase()}${about.slice(1)}`,
    to.map((one) => addressees[one].says).join(", "),
    fate === "result" ? "a result" : shown(fate as Fate),
    clause,
  ]);
  return `\n## The form of an iq\n${table(["what", "to", "", "clause"], lines)}`;
}

export function deliveryPage(all: readonly Row[], iqs: readonly IqCase[]): string {
  const kinds = Object.keys(titles).map((kind) =>
    section(
      kind,
      all.filter((row) => stanzas[row.stanzas[0]!].kind === kind),
    ),
  );
  return head + kinds.join("") + iqSection(iqs);
}

/** The exit code. */
export function main(root: string, check: boolean): number {
  const text = deliveryPage(rows, iqSemantics);
  if (stale(root, new Map([[PAGE, text]])).length === 0) return 0;
  if (check) {
    console.log(`${PAGE}: stale, run node tools/make-delivery-table.ts`);
    return 1;
  }
  writeFileSync(join(root, PAGE), text);
  console.log(`${PAGE}: written`);
  return 0;
}

if (import.meta.main) {
  process.exitCode = main(join(import.meta.dirname, ".."), process.argv.includes("--check"));
}
