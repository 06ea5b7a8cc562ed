import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, conditionOf } from "../../../test/support/asking.ts";
import { HOST, InProcess, type TestSession } from "../../../test/support/in-process.ts";
import { memoryStorage } from "../../../test/support/memory-store.ts";
import { elementCodec } from "../../kernel/storage.ts";

const PRIVATE = "jabber:iq:private";
const keep = (session: TestSession, content: string): Promise<string> =>
  ask(session, "set", `<query xmlns='${PRIVATE}'>${content}</query>`).then(conditionOf);

/** What is kept under the name and namespace of `content`, as bytes. */
async function kept(session: TestSession, content: string): Promise<string> {
  const answer = await ask(session, "get", `<query xmlns='${PRIVATE}'>${content}</query>`);
  assert.equal(answer.type, "result", answer.bytes().toString());
  return answer.inner.toString().replace(`<query xmlns='${PRIVATE}'>`, "").replace("</query>", "");
}

async function hamlet(options = {}): Promise<{ server: InProcess; session: TestSession }> {
  const server = new InProcess({ accounts: ["hamlet", "macbeth"], options });
  return { server, session: await server.login(`hamlet@${HOST}/castle`) };
}

test("what is set comes back, by name and namespace; what was never set comes back empty", async () => {
  const { session } = await hamlet();
  const prefs = "<exodus xmlns='exodus:prefs' a='1'><nick>Hamlet &amp; co</nick><x xmlns='u:x'/></exodus>";
  assert.equal(await keep(session, prefs), "none");
  assert.equal(await kept(session, "<exodus xmlns='exodus:prefs'/>"), prefs);
  assert.equal(await kept(session, "<other xmlns='exodus:prefs'/>"), "<other xmlns='exodus:prefs'/>");
  assert.equal(await kept(session, "<exodus xmlns='other:prefs'/>"), "<exodus xmlns='other:prefs'/>");
  await keep(
    session,
    "<exodus xmlns='exodus:prefs'>new</exodus><storage xmlns='storage:bookmarks'>b</storage>",
  );
  assert.equal(
    await kept(session, "<exodus xmlns='exodus:prefs'/>"),
    "<exodus xmlns='exodus:prefs'>new</exodus>",
  );
  assert.equal(
    await kept(session, "<storage xmlns='storage:bookmarks'/>"),
    "<storage xmlns='storage:bookmarks'>b</storage>",
  );
});

test("names that mean something to JavaScript are names like others", async () => {
  const { session } = await hamlet();
  for (const name of ["__proto__", "constructor", "toString", "_0"]) {
    const mine = `<${name} xmlns='__proto__'>${name}</${name}>`;
    assert.equal(await kept(session, `<${name} xmlns='__proto__'/>`), `<${name} xmlns='__proto__'/>`);
    assert.equal(await keep(session, mine), "none");
    assert.equal(await kept(session, `<${name} xmlns='__proto__'/>`), mine);
  }
});

test("broken requests", async () => {
  const { server, session } = await hamlet();
  const get = async (content: string): Promise<string> =>
    conditionOf(await ask(session, "get", `<query xmlns='${PRIVATE}'>${content}</query>`));
  assert.equal(await get(""), "bad-request");
  assert.equal(await get("text"), "bad-request");
  assert.equal(await get("<a xmlns='u:a'/><b xmlns='u:b'/>"), "bad-request");
  assert.equal(await keep(session, ""), "not-acceptable");
  assert.equal(await keep(session, "text"), "not-acceptable");
  assert.equal(await keep(session, "<a/>"), "not-acceptable");
  assert.equal(await keep(session, "<a xmlns=''/>"), "not-acceptable");
  assert.equal(await keep(session, "<a xmlns='u:a'>1</a><a xmlns='u:a'>2</a>"), "bad-request");
  assert.deepEqual(server.errors, []);
});

test("nobody else's data can be read or written", async () => {
  const { server, session } = await hamlet();
  await keep(session, "<a xmlns='u:a'>mine</a>");
  const macbeth = await server.login(`macbeth@${HOST}/castle`);
  for (const to of [`hamlet@${HOST}`, `nobody@${HOST}`, HOST]) {
    for (const type of ["get", "set"] as const) {
      const content = `<query xmlns='${PRIVATE}'><a xmlns='u:a'>${type === "set" ? "yours" : ""}</a></query>`;
      assert.equal(conditionOf(await ask(macbeth, type, content, to)), "service-unavailable");
    }
  }
  assert.equal(await kept(session, "<a xmlns='u:a'/>"), "<a xmlns='u:a'>mine</a>");
});

test("an account keeps so many elements of such a size; an empty one gives its place back", async () => {
  const { session } = await hamlet({ private: { elements: 2, size: 1024 } });
  assert.equal(await keep(session, `<a xmlns='u:a'>${"x".repeat(1100)}</a>`), "policy-violation");
  assert.equal(await keep(session, "<a xmlns='u:a'>1</a><b xmlns='u:a'>2</b>"), "none");
  assert.equal(await keep(session, "<c xmlns='u:a'>3</c>"), "resource-constraint");
  assert.equal(await keep(session, "<a xmlns='u:a'>again</a>"), "none");
  assert.equal(await keep(session, "<a xmlns='u:a'/><c xmlns='u:a'>3</c>"), "none");
  assert.equal(await kept(session, "<a xmlns='u:a'/>"), "<a xmlns='u:a'/>");
  assert.equal(await kept(session, "<c xmlns='u:a'/>"), "<c xmlns='u:a'>3</c>");
});

test("a set, however small, does not read all that is kept", async () => {
  const storage = memoryStorage();
  const server = new InProcess({ accounts: ["hamlet"], storage });
  const session = await server.login(`hamlet@${HOST}/castle`);
  storage.map("private", elementCodec).all = () => assert.fail("read all");
  assert.equal(await keep(session, "<a xmlns='u:a'>1</a>"), "none");
  assert.equal(await keep(session, "<b xmlns='u:a'>2</b>"), "none");
});
