/** Something that only the named files (or folders, with a slash at the end) of `src/` may use. */
export interface Reserved {
  readonly what: string;
  /** Names as they stand in the code: `Date.now`, `setTimeout`, `node:fs`. */
  readonly names: readonly string[];
  readonly files: readonly string[];
  /** What everybody else takes. */
  readonly instead: string;
}

/** Principle 8 of the architecture: clock, chance, timers, sockets, DNS and disk come in through constructors. */
export const reserved: readonly Reserved[] = [
  {
    what: "the clock",
    names: ["Date.now", "performance.now", "process.hrtime", "process.uptime", "node:perf_hooks"],
    // A storage thread slices its own work by time.
    files: ["src/base/world.ts", "src/storage/sqlite/", "src/server/", "src/cli/"],
    instead: "World.now() or World.monotonic()",
  },
  {
    what: "chance",
    names: ["randomBytes", "randomUUID", "randomInt", "randomFill", "randomFillSync", "getRandomValues"],
    files: ["src/base/world.ts"],
    instead: "World.random()",
  },
  // Not even in World: what it gives can be guessed.
  { what: "guessable chance", names: ["Math.random"], files: [], instead: "World.random()" },
  {
    what: "timers",
    names: ["setTimeout", "setInterval", "setImmediate", "node:timers", "node:timers/promises"],
    files: ["src/base/world.ts", "src/storage/sqlite/", "src/cli/"],
    instead: "World.after(), every() or soon()",
  },
  {
    what: "sockets",
    names: ["node:net", "node:tls", "node:dgram"],
    files: ["src/net/", "src/server/", "src/cli/", "src/admin/control-socket.ts"],
    instead: "kernel/connection.ts",
  },
  {
    what: "HTTP",
    names: ["node:http", "node:https", "node:http2", "fetch"],
    files: ["src/http/", "src/cli/"],
    instead: "src/http/",
  },
  {
    what: "DNS",
    names: ["node:dns", "node:dns/promises"],
    files: ["src/net/"],
    instead: "the resolver",
  },
  {
    what: "the disk",
    names: ["node:fs", "node:fs/promises", "node:sqlite"],
    files: ["src/net/", "src/storage/sqlite/", "src/server/", "src/cli/", "src/admin/control-socket.ts"],
    instead: "kernel/storage.ts",
  },
  {
    what: "threads and processes",
    names: ["node:worker_threads", "node:child_process", "node:cluster"],
    files: ["src/storage/sqlite/", "src/server/", "src/cli/"],
    instead: "the cluster",
  },
  {
    what: "loading by name",
    names: ["createRequire"],
    files: [],
    instead: "import",
  },
  {
    what: "the environment",
    names: ["process.env", "process.argv"],
    // A thread is started with the environment of the process.
    files: ["src/server/", "src/cli/", "src/storage/sqlite/worker-thread.ts"],
    instead: "a declared option",
  },
];

/** Names that say nothing about what is inside. */
export const emptyNames: readonly string[] = [
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "manager",
  "misc",
  "index",
];

/** Names of values that must not be compared byte by byte until the first difference. */
export const secretName: RegExp =
  /(?:password|secret|token|proof|signature|hmac|mac|storedkey|serverkey|digest)$/i;

/** Where such a name means something else: a token of XML, a password that a person typed twice. */
export const secretsElsewhere: readonly string[] = ["src/xml/", "src/cli/"];

/** At most so many of a hundred functions of two or more lines are longer than `lines`. */
export const longFunctions: { readonly lines: number; readonly percent: number } = { lines: 30, percent: 5 };
