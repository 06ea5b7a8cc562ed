import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fault, integerType, recordType, shorthandType, textType } from "./option-types.ts";
import {
  boolean,
  choice,
  defaults,
  duration,
  integer,
  list,
  type Options,
  type OptionValues,
  option,
  options,
  readOptions,
  record,
  schemaOf,
  section,
  sectionType,
  size,
  text,
} from "./options.ts";

const declared = options({
  limit: integer({ default: 1000, min: 0, max: 2000, doc: "How many." }),
  access: choice(["none", "loopback", "all"], { default: "loopback", doc: "Who may." }),
  timeout: duration({ default: 600_000, min: 1000, doc: "How long." }),
  largest: size({ default: 262_144, doc: "How big." }),
  welcome: text({ default: undefined, doc: "What is said." }),
  quiet: boolean({ default: false, doc: "Whether nothing is said." }),
  names: list(textType(), { default: [], unique: (name) => name, doc: "Which." }),
  ports: record(integerType({ min: 1 }), { default: new Map(), doc: "Where." }),
  inner: section(options({ depth: integer({ default: 3, doc: "How deep." }) }), { doc: "What is inside." }),
});

function read(value: Record<string, unknown>): {
  values: OptionValues<typeof declared> | undefined;
  faults: string[];
} {
  const faults: Fault[] = [];
  const values = readOptions(declared, value, [], (fault) => faults.push(fault));
  return { values, faults: faults.map(({ path, on, message }) => `${path.join(".")} ${on}: ${message}`) };
}

test("what is not set has its default, down to the inner options", () => {
  assert.deepEqual(read({}).values, {
    limit: 1000,
    access: "loopback",
    timeout: 600_000,
    largest: 262_144,
    welcome: undefined,
    quiet: false,
    names: [],
    ports: new Map(),
    inner: { depth: 3 },
  });
});

test("values have the type that the declaration says", () => {
  const values = defaults(declared);
  const access: "none" | "loopback" | "all" = values.access;
  const welcome: string | undefined = values.welcome;
  const depth: number = values.inner.depth;
  // @ts-expect-error: the option has a choice, not any text
  const wrong: "everybody" = values.access;
  assert.deepEqual([access, welcome, depth, wrong], ["loopback", undefined, 3, "loopback"]);
});

test("durations and sizes", () => {
  const cases: [unknown, number | undefined][] = [
    ["5 minutes", 300_000],
    ["1 minute", 60_000],
    ["30 s", 30_000],
    ["30s", 30_000],
    ["1.5 h", 5_400_000],
    ["2 weeks", 1_209_600_000],
    [90, 90_000],
    [1.5, 1500],
    ["90", undefined],
    ["-5 minutes", undefined],
    ["5 parsecs", undefined],
    ["10 ms", undefined],
    ["99999999999999999 weeks", undefined],
    [true, undefined],
  ];
  for (const [written, milliseconds] of cases) {
    assert.equal(read({ timeout: written }).values?.timeout, milliseconds, String(written));
  }
  assert.equal(read({ largest: "256 KiB" }).values?.largest, 262_144);
  assert.equal(read({ largest: "10 MB" }).values?.largest, 10_000_000);
  assert.equal(read({ largest: 512 }).values?.largest, 512);
  assert.equal(read({ largest: "256 K" }).values, undefined);
  const { timeout, largest } = declared;
  assert.equal(timeout.type.write(300_000), "5 minutes");
  assert.equal(timeout.type.write(3_600_000), "1 hour");
  assert.equal(timeout.type.write(1500), "1500 ms");
  assert.equal(largest.type.write(262_144), "256 KiB");
  assert.equal(largest.type.write(4000), "4 KB");
  assert.equal(largest.type.write(0), "0 bytes");
});

test("all faults are reported at once, with a suggestion where one is near", () => {
  const { values, faults } = read({
    limits: 1,
    limit: 3000,
    access: "loopbak",
    quiet: "yes",
    names: ["a", 1, "a"],
    welcome: 42,
    inner: { dept: 1 },
    ports: [],
  });
  assert.equal(values, undefined);
  assert.deepEqual(faults, [
    "limits name: There is no option `limits`. Did you mean `limit`?",
    "limit value: `limit` must be a whole number from 0 to 2000, not 3000.",
    'access value: `access` must be `none`, `loopback` or `all`, not "loopbak". Did you mean `loopback`?',
    'quiet value: `quiet` must be true or false, not "yes". Did you mean `true`?',
    'names.1 value: An element of `names` must be text, not 1. Put it in quotes: "1".',
    "names.2 value: `a` stands twice in `names`.",
    'welcome value: `welcome` must be text, not 42. Put it in quotes: "42".',
    "inner.dept name: There is no option `dept` in `inner`. Did you mean `depth`?",
    "ports value: `ports` must be a mapping of names to values, not a list.",
  ]);
});

test("names of the language's own are no options", () => {
  const { faults } = read(JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}'));
  assert.equal(faults.length, 3);
  assert.deepEqual(
    recordType(textType()).read(JSON.parse('{"__proto__": "x"}'), [], () => {}),
    new Map([["__proto__", "x"]]),
  );
});

test("a section that is written empty has its defaults", () => {
  assert.deepEqual(read({ inner: null }).values?.inner, { depth: 3 });
  assert.deepEqual(read({ inner: 1 }).faults, ["inner value: `inner` must be a mapping of options, not 1."]);
});

test("a short form is read as what it stands for", () => {
  const members: Options = { port: integer({ default: 1, doc: "Where." }) };
  const type = shorthandType(sectionType(members), {
    says: "a port",
    schema: { type: "integer" },
    expand: (value) => (typeof value === "number" ? { port: value } : undefined),
  });
  const faults: string[] = [];
  const report = (fault: Fault) => faults.push(fault.message);
  assert.deepEqual(type.read(7, ["x"], report), { port: 7 });
  assert.deepEqual(type.read({ port: 8 }, ["x"], report), { port: 8 });
  assert.equal(type.read("y", ["x"], report), undefined);
  assert.deepEqual(faults, ['`x` must be a port or a mapping of options, not "y".']);
});

test("a declaration without a sentence or with a strange name is refused", () => {
  assert.throws(() => options({ limit: integer({ default: 1, doc: "" }) }), /not a sentence/);
  assert.throws(() => options({ maxLimit: integer({ default: 1, doc: "How many." }) }), /not a name/);
});

test("the JSON Schema has docs, defaults as they are written, and no room for unknown options", () => {
  const schema = schemaOf({
    timeout: declared.timeout,
    welcome: declared.welcome,
    inner: declared.inner,
    access: option(declared.access.type, { default: "none", doc: "Who may." }),
  });
  const properties = schema.properties as Record<string, Record<string, unknown>>;
  assert.equal(schema.additionalProperties, false);
  assert.equal(properties.timeout?.default, "10 minutes");
  assert.equal(properties.timeout?.description, "How long.");
  assert.equal("default" in properties.welcome!, false);
  assert.deepEqual(properties.access?.enum, ["none", "loopback", "all"]);
  assert.equal(properties.inner?.type, "object");
});
