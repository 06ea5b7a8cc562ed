import assert from "node:assert/strict";
import { IqRouteTable } from "../../../src/routing/iq-routes.ts";
import { child, condition, Romeo } from "../../support/romeo.ts";
import { serialize } from "../../support/stream-reader.ts";
import { loggedIn } from "../actor.ts";
import { type Arena, type Code, times, turn, until } from "../arena.ts";
import { toBytes } from "../bytes.ts";

const ROSTER = "jabber:iq:roster";

/** A request that somebody here handles. */
interface Request {
  readonly type: "get" | "set";
  readonly name: string;
  readonly ns: string;
}

/** Every request that the servers of this process handle, as their extensions register them. */
const requests = new Map<string, Request>();

for (const type of ["get", "set"] as const) {
  const register = IqRouteTable.prototype[type];
  IqRouteTable.prototype[type] = function (this: IqRouteTable, ...route) {
    const [{ name, ns }] = route;
    requests.set(`${type} ${name} ${ns}`, { type, name, ns });
    register.apply(this, route as Parameters<typeof register>);
  };
}

/** A session of this account with this resource, gone when the case is over. */
async function session(arena: Arena, user: string, resource: string): Promise<Romeo> {
  await arena.ensure(user);
  const romeo = await Romeo.login(arena.server, user, { resource });
  arena.keep(romeo.stream);
  return romeo;
}

function bindRequest(resource: string): Uint8Array {
  return toBytes([
    `<iq type='set' id='b'><bind xmlns='$[bind]'><resource>${resource}</resource></bind></iq>`,
  ]);
}

export const tooManyResources: Code = async (arena) => {
  await arena.ensure("greedy");
  for (let count = 1; count <= 10; count++) await session(arena, "greedy", `r${count}`);
  for (let count = 11; count <= times(12, 500); count++) {
    const stream = arena.keep(await loggedIn(arena.server, "greedy"));
    stream.write(bindRequest(`r${count}`));
    const refused = await stream.next();
    assert.equal(condition(refused), "resource-constraint");
    assert.ok(child(child(refused, "error")!, "resource-limit-exceeded", "urn:xmpp:errors"));
    stream.destroy();
    arena.world.leap(1000);
  }
};

export const resourceTakenOver: Code = async (arena) => {
  const first = await session(arena, "mal", "r");
  const second = await session(arena, "mal", "r");
  const last = await first.find(({ name }) => name === "error", "a stream error");
  assert.equal(condition(last), "conflict");
  await first.stream.end();
  assert.ok(first.stream.finished);
  assert.deepEqual(await second.sync(), []);
};

/** The answer with the receiver's name taken out, and what else came. */
async function asked(mal: Romeo, stanza: string, name: string): Promise<readonly string[]> {
  mal.send(stanza.replaceAll("NAME", name));
  return (await mal.sync()).map((element) => serialize(element).replaceAll(name, "NAME"));
}

export const sameAnswers: Code = async (arena) => {
  const mal = (await arena.enter("mal")).client!;
  const questions = [...requests.values(), { type: "get", name: "x", ns: "urn:x" } as const]
    // RFC 6121 §2.3.3 demands another answer here, which only an account can give.
    .filter(({ type, ns }) => type === "get" || ns !== ROSTER)
    .flatMap(({ type, name, ns }) =>
      ["NAME@h.test", "NAME@h.test/r"].map(
        (to) => `<iq type='${type}' id='q' to='${to}'><${name} xmlns='${ns}'/></iq>`,
      ),
    );
  assert.ok(questions.length >= 4);
  const kinds = [
    "unavailable",
    "subscribe",
    "subscribed",
    "unsubscribe",
    "unsubscribed",
    "probe",
    "error",
    "nonsense",
  ];
  const presence = kinds.map((type) => `<presence to='NAME@h.test' type='${type}'/>`);
  const others = [
    "<presence to='NAME@h.test'/>",
    "<presence to='NAME@h.test/r'/>",
    "<message type='error' to='NAME@h.test'/>",
  ];
  for (const stanza of [...questions, ...presence, ...others]) {
    const there = await asked(mal, stanza, "carol");
    assert.deepEqual(await asked(mal, stanza, "karla"), there, stanza);
  }
  assert.deepEqual(await asked(mal, questions[0]!, "carol"), await asked(mal, questions[0]!, "karla"));
};

export const subscriptionFlood: Code = async (arena) => {
  await arena.ensure("dora");
  const repeated = times(50, 2_000);
  for (const name of ["s1", "s2", "s3", "s4"]) {
    const sender = await session(arena, name, "r");
    for (let count = 0; count < repeated; count++) {
      sender.send(`<presence type='subscribe' to='dora@h.test/r${count}' id='${count}'/>`);
      if (count % 100 < 99 && count < repeated - 1) continue;
      // Requests without end wait: one a second is looked at, and what comes behind it waits too.
      let looked = false;
      const all = sender.sync().then(() => {
        looked = true;
      });
      await arena.pass(300, () => looked, 10);
      await all;
    }
    arena.world.leap(1000);
  }
  const dora = await session(arena, "dora", "r");
  const asked = (await dora.sync()).filter(({ attributes }) => attributes["type"] === "subscribe");
  assert.deepEqual(
    asked.map(({ attributes }) => attributes["from"]),
    ["s1@h.test", "s2@h.test"],
  );
};

export const presenceAtLoss: Code = async (arena) => {
  const mal = await arena.enter("mal");
  mal.client!.send(`<presence to='${arena.bob.jid}'/>`);
  await mal.client!.sync();
  assert.equal((await arena.bob.next()).attributes["type"], undefined);
  mal.stream.destroy();
  const last = await arena.bob.next();
  assert.equal(last.attributes["from"], "mal@h.test/m");
  assert.equal(last.attributes["type"], "unavailable");
  const { alice, bob } = await arena.control();
  assert.deepEqual([...alice, ...bob], []);
};

export const otherResource: Code = async (arena) => {
  const asked = await arena.alice.ask(
    "set",
    "<block xmlns='urn:xmpp:blocking'><item jid='mal@h.test'/></block>",
  );
  assert.equal(asked.attributes["type"], "result");
  const first = await session(arena, "mal", "first");
  const second = await session(arena, "mal", "MAL@h.test");
  for (const mal of [first, second]) {
    mal.send(`<message to='${arena.alice.jid}' id='1'><body>x</body></message>`);
    assert.equal(condition(await mal.expect("message", { id: "1" })), "service-unavailable");
  }
  // One that is named alone, and the account's others.
  await arena.alice.ask("set", "<unblock xmlns='urn:xmpp:blocking'/>");
  await arena.alice.ask("set", `<block xmlns='urn:xmpp:blocking'><item jid='${first.jid}'/></block>`);
  for (const mal of [first, second]) mal.send(`<message to='${arena.alice.jid}'><body>x</body></message>`);
  await Promise.all([first.sync(), second.sync()]);
  await arena.alice.ask("set", "<unblock xmlns='urn:xmpp:blocking'/>");
  const { alice, bob } = await arena.control();
  assert.deepEqual(
    alice.map(({ attributes }) => attributes["from"]),
    [second.jid],
  );
  assert.deepEqual(bob, []);
};

const LONG = "z".repeat(10_000);

/** Contents that no request should have, and some that it might. */
function contents(ns: string): readonly string[] {
  const names = [
    "item",
    "username",
    "password",
    "feature",
    "identity",
    "prefs",
    "FN",
    "PHOTO",
    "storage",
    "tzo",
  ];
  const values = ["", "NaN", "-1", "__proto__", "9007199254740993", LONG];
  return [
    "",
    "text instead of an element",
    "<item/><item/>",
    "<item xmlns='urn:wrong'/>",
    "<x xmlns='jabber:x:data' type='submit'><field/><field var=''><value/></field></x>",
    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>NaN</value></field></x>",
    "<a><b><c><d/></c></b></a>",
    `<item xmlns='${ns}'><item><item/></item></item>`,
    ...names.flatMap((name) => values.map((value) => `<${name}>${value}</${name}>`)),
    ...values.map(
      (value) => `<item jid='${value}' node='${value}' name='${value}' subscription='${value}'/>`,
    ),
  ];
}

const ATTRIBUTES = ["node", "ver", "jid", "id", "type", "seconds", "action"];

function variants({ name, ns }: Request): readonly string[] {
  const attributes = ATTRIBUTES.flatMap((attribute) =>
    ["", "NaN", "__proto__", LONG].map((value) => `<${name} xmlns='${ns}' ${attribute}='${value}'/>`),
  );
  return [...attributes, ...contents(ns).map((content) => `<${name} xmlns='${ns}'>${content}</${name}>`)];
}

export const shapes: Code = async (arena) => {
  assert.ok(requests.size >= 2, "no request is handled");
  let count = 0;
  for (const request of requests.values()) {
    const fuzz = await session(arena, `fuzz${++count}`, "r");
    const bodies = variants(request);
    for (const to of ["", " to='h.test'", " to='carol@h.test'"]) {
      for (const [index, body] of bodies.entries())
        fuzz.send(`<iq type='${request.type}' id='${index}'${to}>${body}</iq>`);
      const answers = (await fuzz.sync()).filter(({ attributes }) =>
        /^(result|error)$/.test(attributes["type"] ?? ""),
      );
      assert.equal(answers.length, bodies.length, `answers to ${request.type} ${request.ns}${to}`);
      for (const [index, answer] of answers.entries()) {
        assert.equal(answer.attributes["id"], String(index));
        assert.notEqual(condition(answer), "internal-server-error", bodies[index]!.slice(0, 200));
      }
    }
    fuzz.destroy();
  }
};

export const logLines: Code = async (arena) => {
  const nasty = ["x\nERROR root logged in", "\u001b]0;pwn\u0007", "\u202eevil", "\u2028x", LONG];
  for (const text of nasty) {
    const { stream } = await arena.enter("secure");
    const login = Buffer.from(`\0${text}\0secret`).toString("base64");
    stream.write(toBytes([`<auth xmlns='$[sasl]' mechanism='PLAIN'>${login}</auth>`]));
    await until(
      () => stream.takeAll().length > 0,
      () => "no answer",
    );
    const bound = arena.keep(await loggedIn(arena.server, "mal"));
    bound.write(bindRequest(text.replace(/\p{Cc}/gu, (c) => (c === "\n" ? "&#10;" : "&#9;"))));
    await bound.next();
    stream.destroy();
    bound.destroy();
    arena.world.leap(60_000);
  }
  await turn();
  for (const line of arena.server.lines) {
    assert.match(line, /^[^\p{Cc}\p{Cf}\u2028\u2029]*\n$/u);
    assert.doesNotThrow(() => JSON.parse(line));
    assert.ok(line.length < 4000, `a line of ${line.length} characters`);
  }
  assert.equal(
    arena.server.lines.some((line) => line.includes("ERROR root")),
    false,
  );
};
