import assert from "node:assert/strict";
import { InProcess } from "../support/in-process.ts";
import { RawStream } from "../support/raw-stream.ts";
import { condition, type Element, Romeo } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";
import { escapeXml, serialize } from "../support/stream-reader.ts";

/** Everything that some extension handles. */
const handled = new InProcess({ accounts: [] }).core.iqRoutes.handled();

const PROTOTYPE = ["__proto__", "constructor", "toString", "hasOwnProperty", "0", "4294967295"];

/** Names of attributes and of children that one or another of the payloads knows, and some that none does. */
const ATTRIBUTES = [
  "node",
  "jid",
  "ver",
  "seconds",
  "name",
  "subscription",
  "category",
  "type",
  "var",
  "__proto__",
];
const CHILDREN = [
  "item",
  "username",
  "password",
  "identity",
  "feature",
  "group",
  "FN",
  "x",
  "constructor",
  "__proto__",
];

const VALUES = ["", "NaN", "-1", "a@b@c", "@", ...PROTOTYPE, "x".repeat(10_240)];

/** The payload in broken shapes; `small` are those that fit into what somebody may send before login. */
function shapes(name: string, ns: string, small: boolean): readonly string[] {
  const payload = (attributes: string, content: string): string =>
    `<${name} xmlns='${escapeXml(ns)}'${attributes}>${content}</${name}>`;
  const attribute = (key: string, value: string): string => ` ${key}='${escapeXml(value)}'`;
  const values = small ? VALUES.filter((value) => value.length < 100) : VALUES;
  const contents = [
    "",
    "text",
    "<a/><b/>",
    "<item xmlns='u:wrong'/>",
    "<query xmlns=''/>",
    `<${name}/>`,
    ...CHILDREN.flatMap((one) => [
      `<${one}/>`,
      `<${one}/><${one}/>`,
      `<${one}>text</${one}>`,
      `<${one} xmlns='u:wrong'/>`,
      `<${one}><${one}/></${one}>`,
    ]),
    ...CHILDREN.slice(0, 5).flatMap((one) =>
      values.map((value) => `<${one}${attribute("jid", value)}${attribute("var", value)}>${value}</${one}>`),
    ),
  ];
  const attributes = ATTRIBUTES.flatMap((key) => values.map((value) => attribute(key, value)));
  return [
    ...contents.map((content) => payload("", content)),
    ...attributes.map((one) => payload(one, "")),
    payload(attribute("jid", "x".repeat(500)), "<item/>text<item jid='__proto__'/>"),
  ];
}

/** What may be wrong with a request. Nothing of this is a fault of the server. */
const FAULTS = new Set([
  "bad-request",
  "conflict",
  "forbidden",
  "item-not-found",
  "jid-malformed",
  "not-acceptable",
  "not-allowed",
  "policy-violation",
  "resource-constraint",
  "service-unavailable",
  "unexpected-request",
]);

function check(answer: Element, asked: string): void {
  if (answer.attributes["type"] === "result") return;
  assert.equal(answer.attributes["type"], "error", asked);
  assert.ok(FAULTS.has(condition(answer)), `${condition(answer)}: ${asked.slice(0, 300)}`);
}

const ADDRESSES = {
  "own-account": "",
  "other-account": " to='juliet@h.test'",
  host: " to='h.test'",
} as const;

story(
  "whatever shape a request has, it gets an answer, and never that of a broken server",
  { accounts: ["romeo", "juliet"], configuration: "limits: {client: {rate: 100 MB, burst: 100 MB}}" },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    assert.ok(handled.length > 20);
    for (const { type, place, shape } of handled) {
      if (place === "before-login") continue;
      const broken = shapes(shape.name, shape.ns, false);
      const ids = broken.map((content, index) => {
        romeo.send(`<iq type='${type}' id='s${index}'${ADDRESSES[place]}>${content}</iq>`);
        return `s${index}`;
      });
      const answers = new Map<string, Element>();
      for (const one of await romeo.sync()) {
        if (one.name === "iq") answers.set(one.attributes["id"]!, one);
      }
      for (const [index, id] of ids.entries()) {
        const asked: string = `${type} ${place} ${broken[index]}`;
        assert.ok(answers.has(id), `no answer: ${asked.slice(0, 300)}`);
        check(answers.get(id)!, asked);
      }
    }
  },
);

async function secured(server: TestServer): Promise<RawStream> {
  const stream = await RawStream.connectTls(server.tlsPort, server.host);
  await stream.open();
  await stream.next();
  return stream;
}

story(
  "the same before login",
  { accounts: ["romeo"], configuration: "limits: {before_login: {rate: 1 MB, burst: 1 MB}}" },
  async (server) => {
    const stream = await secured(server);
    for (const { type, place, shape } of handled) {
      if (place !== "before-login") continue;
      for (const content of shapes(shape.name, shape.ns, true)) {
        stream.write(`<iq type='${type}' id='s'>${content}</iq>`);
        check(await stream.next(), `${type} ${place} ${content}`);
      }
    }
  },
);

/** The answer without what names the account that was asked. */
function anonymous(answer: Element): string {
  const { from: _from, id: _id, ...attributes } = answer.attributes;
  return serialize({ ...answer, attributes });
}

story(
  "a stranger cannot tell an account from one that is missing",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const asked = new Set(handled.map(({ shape }) => `<${shape.name} xmlns='${shape.ns}'/>`));
    asked.add("<nothing xmlns='u:unknown'/>");
    const ask = async (type: "get" | "set", content: string, to: string): Promise<string> =>
      anonymous(await romeo.ask(type, content, to));
    // Offline, then connected.
    for (let round = 0; round < 2; round++) {
      for (const content of asked) {
        for (const type of ["get", "set"] as const) {
          // RFC 6121 §2.3.3 wants another answer: forbidden.
          if (type === "set" && content.includes("jabber:iq:roster")) continue;
          const there = await ask(type, content, "juliet@h.test");
          assert.equal(await ask(type, content, "nobody@h.test"), there, `${type} ${content}`);
          assert.match(there, /service-unavailable/);
        }
      }
      if (round === 0) await Romeo.login(server, "juliet", { resource: "balcony" });
    }
  },
);
