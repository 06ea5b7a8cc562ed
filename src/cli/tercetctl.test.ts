import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

// The real launcher and client against a real socket, behind which a process has real commands over accounts in memory.

const root = resolve(import.meta.dirname, "../..");
const tercetctl = join(root, "bin/tercetctl");
let folder = "";
let server: ReturnType<typeof spawn>;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "tercet-tercetctl-"));
  const program = join(root, "test/support/fake-administration-process.ts");
  server = spawn(process.execPath, [program, join(folder, "data")], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((ready) => server.stdout?.once("data", ready));
});
after(() => {
  server.kill();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly exit: number | null;
}

function ctl(
  words: readonly string[],
  settings: { cwd?: string; input?: string; program?: string } = {},
): Promise<Ended> {
  const child = spawn(settings.program ?? tercetctl, words, { cwd: settings.cwd ?? folder });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(settings.input ?? "");
  return new Promise((ended) => child.on("close", (exit) => ended({ out, err, exit })));
}

test("the first chat's commands, in the folder of the server", async () => {
  assert.deepEqual(await ctl(["register", "alice", "localhost", "pw1"]), {
    out: "User alice@localhost successfully registered\n",
    err: "",
    exit: 0,
  });
  const again = await ctl(["register", "alice", "localhost", "pw1"]);
  assert.deepEqual(again, {
    out: "Error: conflict: User alice@localhost already registered\n",
    err: "",
    exit: 1,
  });
  assert.equal((await ctl(["registered_users", "localhost"])).out, "alice\n");
  assert.deepEqual(await ctl(["check_account", "zoe", "localhost"]), {
    out: "Error: false\n",
    err: "",
    exit: 1,
  });
  const missing = await ctl(["unregister", "zoe", "localhost"]);
  assert.deepEqual(missing, { out: "", err: "There was no account zoe@localhost.\n", exit: 0 });
});

test("wrong arguments are 2, no command at all is 3, help is 0", async () => {
  const few = await ctl(["register", "alice", "localhost"]);
  assert.equal(few.exit, 2);
  assert.match(few.out, /Error: the command 'register' requires 1 more argument\.\n$/);
  assert.equal((await ctl([])).exit, 3);
  const help = await ctl(["help"]);
  assert.match(help.out, /registered_users host/);
  assert.equal(help.exit, 0);
  const usage = await ctl(["--help"]);
  assert.match(usage.out, /^Usage: tercetctl /);
  assert.match((await ctl(["--version"])).out, /^tercetctl \d+\.\d+\.\d+\n$/);
  assert.deepEqual(await ctl(["--node", "x", "status"]), {
    out: "",
    err: "tercetctl: there is no option --node. See tercetctl --help.\n",
    exit: 2,
  });
  assert.equal((await ctl(["--data"])).exit, 2);
});

test("- reads the password from standard input, its first line", async () => {
  const made = await ctl(["register", "bob", "localhost", "-"], { input: "pass wörd\r\nmore\n" });
  assert.equal(made.exit, 0, made.out);
  assert.equal((await ctl(["check_password", "bob", "localhost", "pass wörd"])).exit, 0);
  const none = await ctl(["register", "carol", "localhost", "-"], { input: "" });
  assert.deepEqual(none, { out: "", err: "tercetctl: no password was given.\n", exit: 1 });
});

test("--json, before the command", async () => {
  assert.equal((await ctl(["--json", "connected_users"])).out, "[]\n");
  assert.equal(
    (await ctl(["--json", "--data=data", "registered_vhosts"])).out,
    '["localhost","example.test"]\n',
  );
});

test("the directory: --data, --config, ./data, what ./tercet.yml says", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "tercet-elsewhere-"));
  const status = /^The node tercet@localhost is started/;
  const config = join(elsewhere, "tercet.yml");
  try {
    assert.match((await ctl(["--data", join(folder, "data"), "status"], { cwd: elsewhere })).out, status);
    assert.match((await ctl(["status"])).out, status);
    assert.equal((await ctl(["status"], { cwd: elsewhere })).exit, 3);
    // A mistake elsewhere in the file does not matter here.
    writeFileSync(config, `hosst: 1\ndata: ${join(folder, "data")}\n`);
    assert.match((await ctl(["--config", config, "status"])).out, status);
    assert.match((await ctl(["status"], { cwd: elsewhere })).out, status);
    writeFileSync(config, "data: [\n");
    const broken = await ctl(["--config", config, "status"]);
    assert.deepEqual(broken, {
      out: "",
      err: `tercetctl: ${config}:1:7: This bracket is not closed: \`]\` is missing.\n`,
      exit: 1,
    });
    assert.match((await ctl(["--config", "missing.yml", "status"])).err, /there is no file missing\.yml/);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test("no server: exit 3, with where it was looked for and how to start one", async () => {
  const empty = mkdtempSync(join(tmpdir(), "tercet-empty-"));
  try {
    const { out, err, exit } = await ctl(["status"], { cwd: empty });
    assert.deepEqual([out, exit], ["", 3]);
    assert.match(
      err,
      new RegExp(`^tercetctl: no server is running with its data in ${empty}/data or /var/lib/tercet\\.\n`),
    );
    assert.match(err, /\nStart it with: \S*bin\/tercet start\n/);
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test("through links, as npm makes them", async () => {
  const first = join(folder, "link");
  const second = join(folder, "link-to-link");
  symlinkSync(tercetctl, first);
  symlinkSync("link", second);
  assert.equal((await ctl(["connected_users_number"], { program: second })).out, "0\n");
});

const skip = !existsSync("/usr/bin/script");

/** What a terminal shows when this is typed at each prompt. */
async function onTerminal(command: string, answers: Map<string, string>): Promise<string> {
  // script(1) gives the command a terminal of its own.
  const child = spawn("script", ["-qec", `${tercetctl} ${command}`, "/dev/null"], { cwd: folder });
  let shown = "";
  child.stdout.on("data", (chunk) => {
    shown += chunk;
    for (const [prompt, answer] of answers) {
      if (shown.includes(prompt) && answers.delete(prompt)) child.stdin.write(answer);
    }
  });
  await new Promise((ended) => child.on("close", ended));
  return shown.replaceAll("\r", "");
}

test("a password is asked for on a terminal, twice, without echo", { skip }, async () => {
  const shown = await onTerminal(
    "register dora localhost",
    new Map([
      ["Password for dora@localhost: ", "sx\u007fecret\r"],
      ["Once more: ", "secret\r"],
    ]),
  );
  assert.match(shown, /Once more: \nUser dora@localhost successfully registered\n$/);
  assert.doesNotMatch(shown, /ecret/);
  assert.equal((await ctl(["check_password", "dora", "localhost", "secret"])).exit, 0);
});

test("both lines of a password may come at once", { skip }, async () => {
  const pasted = new Map([["Password for emil@localhost: ", "secret\r\nsecret\r"]]);
  assert.match(await onTerminal("register emil localhost", pasted), /successfully registered\n$/);
  assert.equal((await ctl(["check_password", "emil", "localhost", "secret"])).exit, 0);
});

test("two passwords that are not the same, none, and giving up", { skip }, async () => {
  const password = "Password for fred@localhost: ";
  for (const [typed, said] of [
    ["a\rb\r", /\ntercetctl: the two passwords are not the same; nothing has been done\.\n$/],
    ["\r\r", /\nThe password is empty\.\nError: cannot_register: .*\n$/],
    ["\u0003", /\ntercetctl: no password was given\.\n$/],
  ] as const) {
    assert.match(await onTerminal("register fred localhost", new Map([[password, typed]])), said);
  }
  assert.equal((await ctl(["check_account", "fred", "localhost"])).exit, 1);
});

test("options behind the command: where they belong", async () => {
  for (const word of ["--json", "--data=x", "--config"]) {
    const { err, exit } = await ctl(["status", word]);
    const option = word.split("=", 1)[0];
    assert.deepEqual(
      [err, exit],
      [`tercetctl: ${option} belongs before the command: tercetctl ${word} status\n`, 2],
    );
  }
});

test("no server: the command to start it can be typed as it stands", async () => {
  const spaced = mkdtempSync(join(tmpdir(), "tercet a b-"));
  try {
    const { err } = await ctl(["--data", spaced, "status"]);
    assert.ok(err.includes(` start --data '${spaced}'\n`), err);
  } finally {
    rmSync(spaced, { recursive: true });
  }
});

test("--host stands for the argument host, wherever that is", async () => {
  assert.equal((await ctl(["--host", "localhost", "register", "gwen", "pw"])).exit, 0);
  const read = await ctl(["--host=localhost", "register", "hank", "-"], { input: "from input\n" });
  assert.equal(read.exit, 0, read.out);
  assert.equal((await ctl(["check_password", "hank", "localhost", "from input"])).exit, 0);
  assert.match((await ctl(["--host", "localhost", "registered_users"])).out, /^gwen\nhank\n$/m);
  assert.equal((await ctl(["--host", "localhost", "registered_users", "localhost"])).exit, 2);
  assert.equal((await ctl(["--host", "localhost", "status"])).exit, 0);
  assert.match((await ctl(["--host"])).err, /--host needs a value/);
});

test("--version with a number means ejabberd's API version", async () => {
  const issue = ["oauth_issue_token", "gwen@localhost", "60"];
  const old = await ctl(["--version", "0", ...issue, "status;stats"]);
  assert.match(old.out, /^tct_\S+\tstatus,stats\t60 seconds\n$/);
  assert.match((await ctl(["--version=1", ...issue, "status,stats"])).out, /\tstatus,stats\t/);
  assert.match((await ctl([...issue, "status;stats"])).out, /There is no scope 'status;stats'/);
});

test("started and stopped wait for what is so already", async () => {
  assert.equal((await ctl(["started"])).exit, 0);
  assert.equal((await ctl(["--data", join(folder, "nowhere"), "stopped"])).exit, 0);
  assert.equal((await ctl(["started", "x"])).exit, 2);
  // ejabberdctl alone starts the server; tercetctl leaves that to tercet.
  assert.match((await ctl(["start"])).out, /unknown command 'start'/);
});

test("completion for shells, which asks the server for names and hosts", async () => {
  for (const shell of ["bash", "zsh", "fish"])
    assert.match((await ctl(["completion", shell])).out, /tercetctl/);
  assert.equal((await ctl(["completion", "csh"])).exit, 2);
  const complete = async (words: readonly string[]): Promise<readonly string[]> => {
    const script = `source <(${tercetctl} completion bash)
COMP_WORDS=(${[tercetctl, ...words].map((word) => `'${word}'`).join(" ")})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_tercetctl
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { out, err } = await ctl(["-c", script], { program: "bash" });
    assert.equal(err, "");
    return out.split("\n").filter((word) => word !== "");
  };
  assert.deepEqual(await complete(["regist"]), ["register", "registered_users", "registered_vhosts"]);
  assert.deepEqual(await complete(["--json", "check_acc"]), ["check_account"]);
  assert.deepEqual(await complete(["--data", "data", "register", "alice", ""]), [
    "localhost",
    "example.test",
  ]);
  assert.deepEqual(await complete(["registered-users", "ex"]), ["example.test"]);
  assert.deepEqual(await complete(["help", "oauth_i"]), ["oauth_issue_token"]);
  assert.deepEqual(await complete(["--j"]), ["--json"]);
});
