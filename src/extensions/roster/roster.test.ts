import assert from "node:assert/strict";
import { test } from "node:test";
import { HOST, InProcess, show, TestSession } from "../../../test/support/in-process.ts";
import { memoryStorage } from "../../../test/support/memory-store.ts";
import { jid } from "../../../test/support/stanzas.ts";
import type { Stanza } from "../../xmpp/stanza.ts";

const juliet = `juliet@${HOST}`;
const nurse = `nurse@${HOST}`;
const NS = "jabber:iq:roster";

const set = (item: string, head = ""): string =>
  `<iq type='set' id='s' ${head}><query xmlns='${NS}'>${item}</query></iq>`;
const get = (ver?: string): string =>
  `<iq type='get' id='g'><query xmlns='${NS}'${ver === undefined ? "" : ` ver='${ver}'`}/></iq>`;

const ver = (stanza: Stanza): string | undefined => stanza.child("query", NS)?.attr("ver");
const condition = (stanza: Stanza | undefined): string | undefined =>
  stanza?.child("error", "jabber:client")?.elements()[0]?.name;

/** The items of a result, as the client sees them. */
function items(result: Stanza): string[] {
  return result
    .child("query", NS)!
    .elements()
    .map((item) => {
      const groups = item.elements().map(({ text }) => text);
      return [item.attr("jid"), item.attr("name"), item.attr("subscription"), ...groups].join("|");
    });
}

async function connected(server: InProcess, resource: string): Promise<TestSession> {
  const session = new TestSession(server.core, `${juliet}/${resource}`);
  await server.core.sessions.add(session);
  return session;
}

test("RFC 6121 §2.1.4: an empty roster is a query without items", async () => {
  const server = new InProcess({ accounts: ["juliet"] });
  const session = await connected(server, "balcony");
  await session.write(get());
  const [result, ...rest] = session.take();
  assert.equal(show(result!), `iq result ${juliet} > ${juliet}/balcony`);
  assert.deepEqual([items(result!), ver(result!), rest], [[], "0", []]);
});

test("RFC 6121 §2.3, §2.4: a set is answered, kept as it is, and pushed to those who have asked, and to no others", async () => {
  const server = new InProcess({ accounts: ["juliet"] });
  const first = await server.login(`${juliet}/balcony`);
  const second = await server.login(`${juliet}/chamber`, { presence: false });
  const third = await server.login(`${juliet}/attic`, { roster: false });
  first.take();
  await first.write(
    set(`<item jid='${nurse}' name='Nurse' subscription='both'><group>Servants</group></item>`),
  );
  const [push, result] = first.take();
  assert.deepEqual(items(push!), [`${nurse}|Nurse|none|Servants`]);
  assert.equal(`${push!.from} ${push!.to} ${push!.type}`, `${juliet} ${juliet}/balcony set`);
  assert.equal(show(result!), `iq result ${juliet} > ${juliet}/balcony`);
  const [other, ...rest] = second.take();
  assert.deepEqual(items(other!), items(push!));
  assert.deepEqual([`${other!.to}`, ver(other!), rest], [`${juliet}/chamber`, ver(push!), []]);
  assert.deepEqual(third.take(), []);
  // An update replaces name and groups, all of them (RFC 6121 §2.4.1).
  await second.write(set(`<item jid='${nurse}'/>`));
  assert.deepEqual(items(first.take()[0]!), [`${nurse}||none`]);
  await first.write(get());
  assert.deepEqual(items(first.take()[0]!), [`${nurse}||none`]);
  // The answers to pushes are nobody's business.
  await first.write(`<iq type='result' id='${push!.id}'/>`, `<iq type='result' id='x' to='${juliet}'/>`);
  assert.deepEqual(first.take(), []);
});

test("an update keeps the subscription", async () => {
  const server = new InProcess({ accounts: ["juliet"] });
  await server.contact(juliet, nurse, "from", { ask: true, approved: true, name: "old", groups: ["A"] });
  const session = await server.login(`${juliet}/balcony`);
  await session.write(set(`<item jid='${nurse}' name='new' subscription='none'/>`));
  const [push] = session.take();
  assert.equal(show(push!), `push ${nurse} from subscribe true`);
  assert.deepEqual(items(push!), [`${nurse}|new|from`]);
});

test("RFC 6121 §2.5: removal", async () => {
  const server = new InProcess({ accounts: ["juliet"] });
  await server.contact(juliet, nurse, "none");
  const session = await server.login(`${juliet}/balcony`);
  await session.write(set(`<item jid='${nurse}' subscription='remove'/>`));
  assert.deepEqual(session.lines(), [`push ${nurse} remove`, `iq result ${juliet} > ${juliet}/balcony`]);
  await session.write(set(`<item jid='${nurse}' subscription='remove'/>`));
  assert.equal(condition(session.take()[0]), "item-not-found");
  await session.write(get());
  assert.deepEqual(items(session.take()[0]!), []);
});

test("names and groups have so many bytes in all; what makes them fewer or no more passes, and subscriptions do", async () => {
  const server = new InProcess({ accounts: ["juliet"], options: { roster: { size: 1024 } } });
  const session = await server.login(`${juliet}/balcony`);
  const put = async (local: string, content: string): Promise<string | undefined> => {
    await session.write(set(`<item jid='${local}@${HOST}' ${content}`));
    const answer = session.take().at(-1);
    return condition(answer) ?? answer!.type;
  };
  const long = (size: number): string =>
    `name='${"n".repeat(size / 2)}'><group>${"g".repeat(size / 2)}</group></item>`;
  assert.equal(await put("a", long(900)), "result");
  assert.equal(await put("b", long(200)), "resource-constraint");
  assert.equal(await put("b", long(20)), "result");
  await session.write(`<presence to='a@${HOST}' type='subscribe'/>`);
  assert.match(session.lines().join(), /push a@h.test none subscribe/);
  assert.equal(await put("a", long(400)), "result");
  assert.equal(await put("b", long(500)), "result");
  await session.write(set(`<item jid='b@${HOST}' subscription='remove'/>`));
  session.take();
  assert.equal(await put("c", long(500)), "result");
  // Read from the store it counts the same.
  const again = new InProcess({
    accounts: ["juliet"],
    storage: server.storage,
    options: { roster: { size: 1024 } },
  });
  const later = await again.login(`${juliet}/balcony`);
  await later.write(set(`<item jid='d@${HOST}' ${long(200)}`));
  assert.equal(condition(later.take().at(-1)), "resource-constraint");
});

test("RFC 6121 §2.3.3: a roster with too many contacts takes changes and removals, no more contacts", async () => {
  const server = new InProcess({ accounts: ["juliet"], options: { roster: { contacts: 2, requests: 1 } } });
  const session = await server.login(`${juliet}/balcony`);
  for (const name of ["a", "b", "c"]) await session.write(set(`<item jid='${name}@${HOST}'/>`));
  const conditions = session.take().map((stanza) => condition(stanza) ?? stanza.type);
  assert.deepEqual(conditions, ["set", "result", "set", "result", "resource-constraint"]);
  // By a subscription neither.
  await session.write(`<presence to='d@${HOST}' type='subscribe'/>`);
  assert.equal(condition(session.take()[0]), "resource-constraint");
  await session.write(
    set(`<item jid='a@${HOST}' name='A'/>`),
    set(`<item jid='b@${HOST}' subscription='remove'/>`),
  );
  await session.write(set(`<item jid='c@${HOST}'/>`));
  assert.ok(session.take().every((stanza) => condition(stanza) === undefined));
});

test("RFC 6121 §2.1.5, §2.3.3: somebody else's roster is forbidden to change and not there to be read", async () => {
  const server = new InProcess({ accounts: ["juliet", "nurse"] });
  const session = await server.login(`${juliet}/balcony`);
  await session.write(set(`<item jid='x@${HOST}'/>`, `to='${nurse}'`));
  await session.write(`<iq type='get' id='g' to='${nurse}'><query xmlns='${NS}'/></iq>`);
  await session.write(`<iq type='get' id='g' to='missing@${HOST}'><query xmlns='${NS}'/></iq>`);
  const answers = session.take().map(condition);
  assert.deepEqual(answers, ["forbidden", "service-unavailable", "service-unavailable"]);
  await session.write(`<iq type='get' id='g'><query xmlns='${NS}'><item jid='a@b'/></query></iq>`);
  assert.equal(condition(session.take()[0]), "bad-request");
});

/** A roster of three contacts, and the version before each of its changes. */
async function versioned(storage = memoryStorage()): Promise<{ server: InProcess; versions: string[] }> {
  const server = new InProcess({ accounts: ["juliet"], storage });
  const session = await server.login(`${juliet}/balcony`);
  for (const name of ["a", "b", "c", "d", "e", "f"])
    await session.write(set(`<item jid='${name}@${HOST}'/>`));
  const versions = session.take().flatMap((stanza) => (stanza.type === "set" ? [ver(stanza)!] : []));
  assert.equal(new Set(versions).size, 6);
  await session.lose();
  return { server, versions };
}

test("RFC 6121 §2.6.3: who has the current version gets an empty result, also after a restart", async () => {
  const storage = memoryStorage();
  const { versions } = await versioned(storage);
  const server = new InProcess({ accounts: ["juliet"], storage });
  const session = await connected(server, "balcony");
  await session.write(get(versions.at(-1)));
  const [result, ...rest] = session.take();
  assert.deepEqual([result!.children, rest], [[], []]);
  await session.write(set(`<item jid='g@${HOST}'/>`));
  const [push] = session.take();
  assert.ok(!versions.includes(ver(push!)!), "a version is never used again");
});

test("RFC 6121 §2.6.3: who has missed a few changes gets the last of each contact, in order, each with its version", async () => {
  const { server, versions } = await versioned();
  const writer = await connected(server, "writer");
  await writer.write(
    set(`<item jid='b@${HOST}' name='B1'/>`),
    set(`<item jid='a@${HOST}' subscription='remove'/>`),
  );
  await writer.write(set(`<item jid='b@${HOST}' name='B2'/>`));
  const session = await connected(server, "balcony");
  await session.write(get(versions.at(-1)));
  const [result, ...pushes] = session.take();
  assert.deepEqual(result!.children, []);
  assert.deepEqual(pushes.map(show), [`push a@${HOST} remove`, `push b@${HOST} none`]);
  assert.deepEqual(items(pushes[1]!), [`b@${HOST}|B2|none`]);
  // With the last push's version it is up to date, and hears what comes.
  const again = await connected(server, "chamber");
  await again.write(get(ver(pushes[1]!)));
  assert.deepEqual(again.lines(), [`iq result ${juliet} > ${juliet}/chamber`]);
  await writer.write(set(`<item jid='c@${HOST}' name='C'/>`));
  assert.deepEqual(again.lines(), [`push c@${HOST} none`]);
  assert.deepEqual(session.lines(), [`push c@${HOST} none`]);
});

test("RFC 6121 §2.6.3: who has missed much, or has a version that nobody knows, gets the whole roster", async () => {
  const { server, versions } = await versioned();
  for (const old of ["", "0", "nonsense", versions[0]!]) {
    const session = await connected(server, `r${old}x`);
    await session.write(get(old));
    const [result, ...rest] = session.take();
    assert.equal(items(result!).length, 6, old);
    assert.deepEqual([ver(result!), rest], [versions.at(-1), []]);
    await session.lose();
  }
});

test("a push never overtakes the roster that it changes, nor comes twice", async () => {
  const { server, versions } = await versioned();
  const writer = await connected(server, "writer");
  const reader = await connected(server, "reader");
  const reading = reader.write(get(versions.at(-1)));
  const writing = writer.write(set(`<item jid='a@${HOST}' name='A'/>`));
  await Promise.all([reading, writing]);
  assert.deepEqual(reader.lines(), [`iq result ${juliet} > ${juliet}/reader`, `push a@${HOST} none`]);
});

test("changes to one roster come one after the other, and each is in the store before anybody hears of it", async () => {
  const storage = memoryStorage();
  const server = new InProcess({ accounts: ["juliet"], storage });
  const sessions = await Promise.all(
    ["a", "b", "c"].map((name) => server.login(`${juliet}/${name}`, { presence: false })),
  );
  await Promise.all(
    sessions.map((session, n) =>
      session.write(...Array.from({ length: 5 }, (_none, k) => set(`<item jid='${n}-${k}@${HOST}'/>`))),
    ),
  );
  const seen = sessions.map((session) =>
    session.take().flatMap((one) => (one.type === "set" ? [ver(one)] : [])),
  );
  assert.equal(new Set(seen[0]).size, 15);
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
  assert.equal((await storage.map("roster").all(jid(juliet))).size, 15);
});

test("a change that the store refuses is answered with an error and not seen by anybody", async () => {
  const storage = memoryStorage();
  const server = new InProcess({ accounts: ["juliet"], storage });
  const session = await server.login(`${juliet}/balcony`);
  const commit = storage.commit.bind(storage);
  storage.commit = () => Promise.reject(new Error("disk full"));
  await session.write(set(`<item jid='${nurse}'/>`));
  const [answer, ...rest] = session.take();
  assert.deepEqual([condition(answer), rest], ["internal-server-error", []]);
  storage.commit = commit;
  await session.write(get());
  assert.deepEqual(items(session.take()[0]!), []);
  await session.write(set(`<item jid='${nurse}'/>`));
  assert.equal(session.take().length, 2);
});

test("names that mean something to JavaScript are contacts like others (D25)", async () => {
  const server = new InProcess({ accounts: ["juliet"] });
  const session = await server.login(`${juliet}/balcony`);
  const names = ["__proto__", "constructor", "tostring", "0", "4294967295"];
  for (const name of names) await session.write(set(`<item jid='${name}@${HOST}' name='${name}'/>`));
  session.take();
  await session.write(get());
  assert.deepEqual(
    items(session.take()[0]!).map((item) => item.split("|")[1]),
    names,
  );
});
