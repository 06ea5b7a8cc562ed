import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../test/support/silent-log.ts";
import { createLog, type Fields, type LogSettings, quote } from "./log.ts";

function lines(
  format: "json" | "text",
  event: string,
  fields?: Fields,
  level: LogSettings["level"] = "debug",
): string {
  let written = "";
  const log = createLog({ level, format, now: () => 0, write: (line) => (written += line) });
  log.info(event, fields);
  return written;
}

test("a JSON line has time, level, event and the fields", () => {
  const written = lines("json", "session opened", {
    account: "romeo@montague.example",
    port: 5222,
    tls: true,
    none: undefined,
  });
  assert.equal(
    written,
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"session opened","account":"romeo@montague.example","port":5222,"tls":true}\n',
  );
});

test("a text line is short, and quotes what is not a plain word", () => {
  const written = lines("text", "session opened", {
    account: "romeo@montague.example",
    why: "two words",
    empty: "",
  });
  assert.equal(
    written,
    '00:00:00.000 INFO  session opened account=romeo@montague.example why="two words" empty=""\n',
  );
});

// attacks.md D27.
const hostile = [
  ["a new line", "x\nERROR root logged in"],
  ["a carriage return", "x\rERROR"],
  ["a terminal's title", "\u001b]0;pwn\u0007"],
  ["a C1 sequence", "\u009b31m"],
  ["a right-to-left override", "a\u202egpj.exe"],
  ["isolates", "\u2066a\u2069"],
  ["a line separator", "a\u2028b\u2029c"],
  ["zero width", "ad\u200bmin\ufeff"],
  ["a tag", "a\u{e0041}b"],
  ["half a surrogate pair", "a\ud800b"],
  ["delete", "a\u007fb"],
  ["a quote", 'x" level="error'],
] as const;

for (const [name, value] of hostile) {
  test(`D27: ${name} stays a value`, () => {
    for (const format of ["json", "text"] as const) {
      for (const written of [
        lines(format, "login", { resource: value }),
        lines(format, value),
        lines(format, "x", { [value]: 1 }),
      ]) {
        assert.equal(written.indexOf("\n"), written.length - 1);
        assert.doesNotMatch(written.slice(0, -1), /[\p{Cc}\p{Cf}\u2028\u2029\ud800-\udfff]/u);
      }
    }
    const parsed = JSON.parse(lines("json", "login", { resource: value }));
    assert.equal(parsed.resource, value);
    assert.equal(parsed.level, "info");
  });
}

test("D27: 200 KB are cut, and how much is missing is said", () => {
  const written = lines("json", "login", { resource: "x".repeat(200_000) });
  assert.ok(written.length < 700);
  assert.match(written, /x… \(199488 more\)"/);
  assert.ok(lines("text", "e".repeat(200_000)).length < 700);
});

test("fields that sound like a secret are hidden, inside a value too", () => {
  const fields = {
    password: "pw",
    newPassword: "pw",
    scramSalt: "pw",
    authToken: "pw",
    private_key: "pw",
    detail: { list: [{ secret: "pw" }] },
    keyed: "shown",
  };
  for (const format of ["json", "text"] as const) {
    const written = lines(format, "login", fields);
    assert.doesNotMatch(written, /pw/);
    assert.match(written, /shown/);
  }
});

test("what cannot be printed does not stop the server", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const bad = {
    toString(): string {
      throw new Error("no");
    },
  };
  const written = lines("json", "odd", {
    circle,
    bad,
    big: 10n,
    symbol: Symbol("s"),
    nan: Number.NaN,
    call: () => 1,
    nothing: null,
  });
  assert.deepEqual(JSON.parse(written), {
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    event: "odd",
    circle: "[unprintable]",
    bad: "[unprintable]",
    big: "10",
    symbol: "Symbol(s)",
    nan: "NaN",
    call: "[function]",
    nothing: null,
  });
});

test("an error gives its message, and its stack only at level error", () => {
  const error = Object.assign(new Error("no such file"), { code: "ENOENT" });
  assert.match(lines("json", "read", { error }), /"error":"ENOENT: no such file"/);
  let written = "";
  createLog({ level: "error", format: "json", now: () => 0, write: (line) => (written += line) }).error(
    "read",
    { error },
  );
  assert.match(JSON.parse(written).error, /^Error: no such file\n\s+at /);
});

test("lines below the level are not written; fields of `with` are in every line", () => {
  const written: string[] = [];
  const log = createLog({
    level: "warn",
    format: "text",
    now: () => 0,
    write: (line) => written.push(line),
  }).with({ part: "net" });
  log.debug("a");
  log.info("b");
  log.warn("c", { n: 1 });
  log.error("d", { part: "tls" });
  assert.deepEqual(written, ["00:00:00.000 WARN  c part=net n=1\n", "00:00:00.000 ERROR d part=tls\n"]);
  assert.equal(log.debugging, false);
  silentLog().error("e");
});

test("quote is JSON", () => {
  assert.equal(quote('a"\\\u202e'), '"a\\"\\\\\\u202e"');
});
