import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** What is looked at: bytes that come and go, and what makes them last. */
const WATCHED = [
  "read,readv,recvfrom,recvmsg",
  "write,writev,sendto,sendmsg",
  "pwrite64,pwritev,fsync,fdatasync",
].join(",");

/** A system call that was watched. */
export interface SystemCall {
  readonly name: string;
  /** As strace shows it: file descriptors with their paths or addresses, the beginning of the bytes. */
  readonly text: string;
  /** Lines of the trace at which it began and at which it was over: places in one order over all threads. */
  readonly begun: number;
  readonly over: number;
}

/** For the option `skip` of a test: why no process can be traced here, false when one can. */
export function cannotTrace(): string | false {
  const { status, error } = spawnSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
  if (error !== undefined) return "strace is not installed here";
  return status !== 0 && "a process may not be traced here";
}

/** The system calls of a running process, all its threads. */
export class Trace {
  readonly #strace: ChildProcess;
  readonly #file: string;

  private constructor(strace: ChildProcess, file: string) {
    this.#strace = strace;
    this.#file = file;
  }

  /** Resolves once every thread of the process is watched. */
  static async of(pid: number, file: string): Promise<Trace> {
    const options = ["-f", "-yy", "-s", "6000", "-e", `trace=${WATCHED}`, "-o", file, "-p", String(pid)];
    const strace = spawn("strace", options, { stdio: ["ignore", "ignore", "pipe"] });
    const attached = /Process \d+ attached(?: with \d+ threads)?/;
    let said = "";
    strace.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    while (!attached.test(said)) {
      if (strace.exitCode !== null) throw new Error(`strace ended: ${said}`);
      await sleep(10);
    }
    return new Trace(strace, file);
  }

  /** Ends it; gives what was seen, in the order of the beginnings. */
  async end(): Promise<readonly SystemCall[]> {
    this.#strace.kill("SIGINT");
    await once(this.#strace, "close");
    return parseTrace(readFileSync(this.#file, "latin1"));
  }
}

/** What strace has written: a call that others came in between of has two lines. */
export function parseTrace(text: string): readonly SystemCall[] {
  const calls: SystemCall[] = [];
  const open = new Map<string, { at: number; name: string; text: string }>();
  for (const [line, whole] of text.split("\n").entries()) {
    const [, pid, rest] = /^(\d+) +(.*)$/.exec(whole) ?? [];
    if (pid === undefined || rest === undefined) continue;
    const resumed = /^<\.\.\. (\w+) resumed>(.*)$/.exec(rest);
    const begun = /^(\w+)\((.*)$/.exec(rest);
    if (resumed !== null) {
      const first = open.get(pid);
      open.delete(pid);
      // One that had begun before anybody looked.
      const { at, name, text: before } = first ?? { at: -1, name: resumed[1]!, text: "" };
      calls.push({ name, text: before + resumed[2]!, begun: at, over: line });
    } else if (begun !== null) {
      const [, name, args] = begun as unknown as [string, string, string];
      const unfinished = / <unfinished \.\.\.>$/.exec(args);
      if (unfinished === null) calls.push({ name, text: args, begun: line, over: line });
      else open.set(pid, { at: line, name, text: args.slice(0, unfinished.index) });
    }
  }
  return calls.sort((one, other) => one.begun - other.begun);
}
