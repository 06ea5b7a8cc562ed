// Holds the pages to what is there: links, files, commands, decision records, the path of a message, and the present tense.
//   node tools/check-docs.ts [--write] [ROOT]      --write puts the list of records into docs/decisions/README.md

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { anchorsOf, between, type Line, linesOf, linksOf, spansOf } from "./markdown.ts";
import { type Fault, filesUnder, report } from "./source-tree.ts";

interface Page {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly Line[];
}

/** A message goes through at most so many files (principle 13 of the architecture). */
const longestJourney = 8;

const folders = ["src", "test", "tools", "docs", "bench", "bin", "changes", "examples", "web", ".ci"];
const filePath = new RegExp(`^(?:${folders.map((name) => name.replace(".", "\\.")).join("|")})/[\\w./-]*$`);

/** Pages say what is, not what was or may become. Decisions and changes tell a history and are free of this. */
const notPresent =
  /\b(?:TODO|FIXME|TBD|coming soon|will be (?:added|supported)|in the future|no longer|formerly|previously)\b/i;

/** A place that exists on one machine only. */
const machinePath = /(?:^|[\s"'`(=])\/(?:work|root)\/\w/;

function faultAt(page: Page, line: Line, message: string): Fault {
  return { path: page.path, line: line.number, message };
}

function linkFault(root: string, page: Page, target: string): string | undefined {
  if (/^(?:https?|mailto|xmpp):/.test(target)) return undefined;
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page.path : posix.join(posix.dirname(page.path), path);
  if (!existsSync(join(root, file))) return `link to ${target}: ${file} is not there`;
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  if (anchorsOf(readFileSync(join(root, file), "utf8")).has(anchor)) return undefined;
  return `link to ${target}: ${file} has no heading for it`;
}

function scriptsOf(root: string): ReadonlySet<string> {
  const text = readFileSync(join(root, "package.json"), "utf8");
  return new Set(Object.keys((JSON.parse(text) as { scripts?: object }).scripts ?? {}));
}

/** Why a shell command of the project cannot work, or undefined. */
function commandFault(root: string, scripts: ReadonlySet<string>, command: string): string | undefined {
  const words = command.trim().split(/\s+/);
  const [program, first, second] = words[0] === "$" ? words.slice(1) : words;
  if (program === "npm") {
    const script = first === "run" ? second : /^(?:test|start)$/.test(first ?? "") ? first : undefined;
    if (script === undefined || scripts.has(script)) return undefined;
    return `package.json has no script ${script}`;
  }
  const file = program === "node" ? first : program?.includes("/") ? program : undefined;
  const path = file?.replace(/^\.\//, "");
  if (path === undefined || !filePath.test(path) || existsSync(join(root, path))) return undefined;
  return `${path} is not there`;
}

function commandsOf(line: Line): readonly string[] {
  const text = /^(?:sh|console)$/.test(line.block ?? "") ? [line.text.replace(/\s#.*$/, "")] : spansOf(line);
  return text.flatMap((part) => part.split(/&&|\||;/));
}

function lineFaults(root: string, page: Page, scripts: ReadonlySet<string>): readonly Fault[] {
  const history = /^(?:docs\/decisions|changes)\//.test(page.path);
  return page.lines.flatMap((line) => {
    const messages = [
      ...linksOf(line).map((target) => linkFault(root, page, target)),
      ...commandsOf(line).map((command) => commandFault(root, scripts, command)),
      ...spansOf(line)
        .filter((span) => filePath.test(span) && !existsSync(join(root, span)))
        .map((span) => `${span} is not there`),
    ];
    const words = history ? null : notPresent.exec(line.text);
    if (words !== null) messages.push(`"${words[0]}": pages speak of what is there`);
    return [...new Set(messages)].flatMap((message) =>
      message === undefined ? [] : [faultAt(page, line, message)],
    );
  });
}

function machineFaults(root: string, paths: readonly string[]): readonly Fault[] {
  return paths.flatMap((path) => {
    const lines = readFileSync(join(root, path), "utf8").split("\n");
    return lines.flatMap((text, at) =>
      machinePath.test(text) ? [{ path, line: at + 1, message: "names a place of one machine" }] : [],
    );
  });
}

const decisions = "docs/decisions";

function recordNames(root: string): readonly string[] {
  if (!existsSync(join(root, decisions))) return [];
  return readdirSync(join(root, decisions))
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .sort();
}

/** The list of records in docs/decisions/README.md, from their titles. */
function checkList(root: string, names: readonly string[], write: boolean): readonly Fault[] {
  const path = `${decisions}/README.md`;
  const items = names.map((name) => {
    const title = /^# (.*)$/m.exec(readFileSync(join(root, decisions, name), "utf8"))?.[1] ?? name;
    return `- [${title}](${name})`;
  });
  const text = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
  const wanted = between(text, "records", items.join("\n"));
  if (wanted === undefined) return [{ path, line: 1, message: "lacks <!-- records --> and its end" }];
  if (write && wanted !== text) writeFileSync(join(root, path), wanted);
  if (write || wanted === text) return [];
  return [{ path, line: 1, message: "lists other records than there are: node tools/check-docs.ts --write" }];
}

/** Records have a number of their own, in name and title, and three parts. */
function decisionFaults(root: string, write: boolean): readonly Fault[] {
  const names = recordNames(root);
  const faults = names.flatMap((name) => {
    const path = `${decisions}/${name}`;
    const number = name.slice(0, 4);
    const text = readFileSync(join(root, path), "utf8");
    const messages: string[] = [];
    if (!/^\d{4}-/.test(name) || !text.startsWith(`# ${number} `))
      messages.push("has not the same number in name and title");
    if (names.filter((other) => other.startsWith(number)).length > 1)
      messages.push(`is not the only record ${number}`);
    for (const part of ["Context", "Decision", "Consequences"]) {
      if (!text.includes(`\n## ${part}\n`)) messages.push(`lacks the part "## ${part}"`);
    }
    return messages.map((message) => ({ path, line: 1, message }));
  });
  return names.length === 0 ? [] : [...faults, ...checkList(root, names, write)];
}

const architecture = "docs/ARCHITECTURE.md";

/** The path of a message: numbered steps, each with the file where it happens. */
function journeyFaults(page: Page): readonly Fault[] {
  const start = page.lines.find(({ text }) => text === "<!-- journey -->");
  const end = page.lines.find(({ text }) => text === "<!-- end journey -->");
  if (start === undefined || end === undefined)
    return [{ path: page.path, line: 1, message: "lacks <!-- journey --> and its end" }];
  const inside = page.lines.slice(start.number, end.number - 1);
  const steps = inside.filter(({ text }) => /^\d+\. /.test(text));
  const faults = steps.flatMap((line, at) => {
    const messages: string[] = [];
    if (!line.text.startsWith(`${at + 1}. `)) messages.push(`is step ${at + 1}, and numbered otherwise`);
    if (!spansOf(line).some((span) => filePath.test(span)))
      messages.push("a step names the file where it happens");
    return messages.map((message) => faultAt(page, line, message));
  });
  const files = new Set(inside.flatMap(spansOf).filter((span) => filePath.test(span)));
  if (steps.length === 0) faults.push(faultAt(page, start, "the path of a message has no steps"));
  if (files.size > longestJourney)
    faults.push(faultAt(page, start, `a path through ${files.size} files; ${longestJourney} may be`));
  return faults;
}

/** All faults of the pages under `root`, and how many pages were read. */
export function checkDocs(
  root: string,
  write = false,
): { readonly checked: number; readonly faults: readonly Fault[] } {
  const paths = [
    ...(existsSync(join(root, "README.md")) ? ["README.md"] : []),
    ...filesUnder(root, ["docs", "changes"], [".md"]),
  ];
  const pages = paths.map((path): Page => {
    const text = readFileSync(join(root, path), "utf8");
    return { path, text, lines: linesOf(text) };
  });
  const scripts = scriptsOf(root);
  const sources = filesUnder(root, ["src", "test", "bench", "tools", "bin"], [".ts", ".cjs", ".json", ".sh"]);
  const journey = pages.filter(({ path }) => path === architecture).flatMap(journeyFaults);
  const missing = ["README.md", architecture].filter((path) => !paths.includes(path));
  const faults = [
    ...missing.map((path) => ({ path, line: 1, message: "is missing" })),
    ...pages.flatMap((page) => lineFaults(root, page, scripts)),
    ...machineFaults(root, [...paths, ...sources]),
    ...decisionFaults(root, write),
    ...journey,
  ];
  return { checked: pages.length, faults };
}

function main(): number {
  const options = process.argv.slice(2);
  const root = options.find((option) => !option.startsWith("--")) ?? ".";
  const { checked, faults } = checkDocs(root, options.includes("--write"));
  return report("docs", checked, faults);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = main();
