import { describeResult } from "../src/admin/help.ts";
import type { Command } from "../src/kernel/commands.ts";

/** Text for roff: a hyphen is one that can be copied, and no line is a request. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("`", "")
    .replace(/^(?=[.'])/gm, "\\&");
}

function commandEntry(command: Command): string {
  const names = Object.keys(command.args);
  const head = [`.B ${roff(command.name)}`, ...names.map((name) => `.I ${roff(name)}`)].join("\n");
  const args = Object.entries(command.args).map(
    ([name, { kind, doc }]) => `.TP\n.I ${roff(name)}\n(${roff(kind)}) ${roff(doc)}\n`,
  );
  const more = command.doc === "" ? "" : ` ${roff(command.doc)}`;
  const list = args.length === 0 ? "" : `.RS\n${args.join("")}.RE\n`;
  const prints = roff(describeResult(command.result)).replace(/\.$/, "");
  return `.SS ${roff(command.name)}\n${head}\n.PP\n${roff(command.summary)}.${more}\n${list}.PP\nPrints: ${prints}.\n`;
}

const OPTIONS: readonly (readonly [string, string])[] = [
  [
    "--data DIRECTORY",
    "Where the server has its data. Without it and --config the server is looked for in ./data, then in /var/lib/tercet.",
  ],
  ["--config FILE", "The configuration of the server, which names that directory."],
  ["--json", "Print results and errors as JSON."],
  ["--host HOST", "Stands for the argument host of the command."],
  ["--version N", "Mean the command as in ejabberd's API version N."],
  ["--version", "Print the version of the program."],
  ["--help", "Print the options."],
];

const OWN: readonly (readonly [string, string])[] = [
  ["help [COMMAND | tags | TAG]", "Print all commands, those with a tag, or all about one."],
  ["started, stopped", "Wait until the server runs or has ended, a minute at most."],
  ["completion bash | zsh | fish", "Print what the shell needs to complete commands."],
  [
    "start, foreground, live",
    "Only called as ejabberdctl: start the server in the background, with tercet.log beside its data, or as a part of this program.",
  ],
];

const EXIT: readonly (readonly [string, string])[] = [
  ["0", "Done."],
  ["1", "The command failed, or there is no such command."],
  ["2", "Wrong arguments."],
  ["3", "The server is not running."],
  ["4", "start: the server runs already."],
];

function list(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([left, right]) => `.TP\n.B ${roff(left)}\n${roff(right)}\n`).join("");
}

/** docs/man/tercetctl.1 */
export function manPage(commands: readonly Command[], version: string): string {
  return `.\\" Made by tools/make-reference.ts from the declarations in the code.
.TH TERCETCTL 1 "" "Tercet ${version}"
.SH NAME
tercetctl \\- administer a running Tercet
.SH SYNOPSIS
.B tercetctl
[\\fIoption\\fR ...] \\fIcommand\\fR [\\fIargument\\fR ...]
.SH DESCRIPTION
Talks to the server over a socket in its data directory, so it has to be the user of the server, or root. Names, arguments, output and exit codes of commands are those of
ejabberdctl. In names \\- and _ are the same. What is said beside a result stands on standard error.
.SH OPTIONS
They stand before the command.
${list(OPTIONS)}.SH COMMANDS OF ITS OWN
${list(OWN)}.SH COMMANDS OF THE SERVER
${commands.map(commandEntry).join("")}.SH EXIT STATUS
${list(EXIT)}.SH FILES
.TP
.I control.sock
In the data directory: the socket of the server, which whoever may open it administers.
.SH SEE ALSO
ejabberdctl(8)
`;
}
