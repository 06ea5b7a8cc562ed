import assert from "node:assert/strict";
import { child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story } from "../support/server.ts";

// XEP-0050, XEP-0133: an administrator's commands in their own client.

const COMMANDS = "http://jabber.org/protocol/commands";
const ADMIN = "http://jabber.org/protocol/admin";
const ITEMS = "http://jabber.org/protocol/disco#items";
const INFO = "http://jabber.org/protocol/disco#info";

const admins = { accounts: ["romeo", "juliet"], configuration: "admins: [romeo@h.test]" };

const children = (parent: Element): Element[] => parent.nodes.filter((node) => typeof node !== "string");

function ask(client: Romeo, node: string, content = "", more = ""): Promise<Element> {
  return client.ask(
    "set",
    `<command xmlns='${COMMANDS}' node='${node}' ${more}>${content}</command>`,
    "h.test",
  );
}

function filled(values: Readonly<Record<string, string | readonly string[]>>, type = "submit"): string {
  const fields = Object.entries(values).map(([name, value]) => {
    const all = typeof value === "string" ? [value] : value;
    return `<field var='${name}'>${all.map((one) => `<value>${one}</value>`).join("")}</field>`;
  });
  return `<x xmlns='jabber:x:data' type='${type}'>${fields.join("")}</x>`;
}

interface Answer {
  readonly status: string | undefined;
  readonly session: string;
  /** Names of the fields of the form. */
  readonly fields: readonly string[];
  /** Values by field. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly notes: readonly string[];
}

function read(answer: Element): Answer {
  const command = child(answer, "command");
  assert.ok(command, JSON.stringify(answer));
  const form = child(command, "x", "jabber:x:data");
  const fields = form === undefined ? [] : children(form).filter(({ name }) => name === "field");
  const values = fields.map((field) => [
    field.attributes["var"]!,
    children(field)
      .filter(({ name }) => name === "value")
      .map(text),
  ]);
  const notes = children(command).filter(({ name }) => name === "note");
  return {
    status: command.attributes["status"],
    session: command.attributes["sessionid"]!,
    fields: fields.map((field) => field.attributes["var"]!),
    values: Object.fromEntries(values),
    notes: notes.map((note) => `${note.attributes["type"]}: ${text(note)}`),
  };
}

/** Asks for the form, fills it in, and gives what comes of it. */
async function run(client: Romeo, node: string, values: Parameters<typeof filled>[0]): Promise<Answer> {
  const { session, status } = read(await ask(client, node));
  assert.equal(status, "executing");
  return read(await ask(client, node, filled(values), `sessionid='${session}'`));
}

function errorOf(answer: Element): string {
  const error = child(answer, "error")!;
  const own = children(error).find(({ ns }) => ns === COMMANDS);
  return own === undefined ? condition(answer) : `${condition(answer)} ${own.name}`;
}

story("an administrator finds the commands, others none", admins, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const list = async (client: Romeo): Promise<string[]> => {
    const answer = await client.ask("get", `<query xmlns='${ITEMS}' node='${COMMANDS}'/>`, "h.test");
    return children(child(answer, "query")!).map(({ attributes }) => attributes["node"]!);
  };
  const nodes = await list(romeo);
  for (const node of ["kick_user", `${ADMIN}#add-user`, `${ADMIN}#shutdown`])
    assert.ok(nodes.includes(node), node);
  const info = await romeo.ask("get", `<query xmlns='${INFO}' node='kick_user'/>`, "h.test");
  const [identity] = children(child(info, "query")!);
  assert.deepEqual(
    [identity!.attributes["category"], identity!.attributes["type"]],
    ["automation", "command-node"],
  );
  const juliet = await Romeo.login(server, "juliet");
  assert.deepEqual(await list(juliet), []);
  assert.equal(errorOf(await ask(juliet, "kick_user")), "forbidden");
  assert.equal(errorOf(await ask(juliet, "no_such_command")), "forbidden");
  const hidden = await juliet.ask("get", `<query xmlns='${INFO}' node='kick_user'/>`, "h.test");
  assert.equal(condition(hidden), "item-not-found");
});

story("a command without arguments runs at once, one with arguments by its form", admins, async (server) => {
  const romeo = await Romeo.login(server, "romeo", { resource: "r" });
  const juliet = await Romeo.login(server, "juliet", { resource: "j" });
  const list = read(await ask(romeo, "connected_users"));
  assert.deepEqual(
    [list.status, list.values["connected_users"]],
    ["completed", ["romeo@h.test/r", "juliet@h.test/j"]],
  );
  const form = read(await ask(romeo, "kick_session", "", "action='execute'"));
  assert.deepEqual([form.status, form.fields], ["executing", ["user", "host", "resource", "reason"]]);
  const wish = filled({ user: "juliet", host: "h.test", resource: "j", reason: "dinner" });
  const done = read(await ask(romeo, "kick_session", wish, `sessionid='${form.session}' action='complete'`));
  assert.deepEqual([done.status, done.notes], ["completed", ["info: Done."]]);
  const error = await juliet.expect("error");
  assert.equal(`${condition(error)}: ${text(child(error, "text"))}`, "conflict: dinner");
  const again = await ask(romeo, "kick_session", wish, `sessionid='${form.session}'`);
  assert.equal(errorOf(again), "bad-request bad-sessionid");
});

story("rows, figures, answers that say no, and failures", admins, async (server) => {
  const romeo = await Romeo.login(server, "romeo", { resource: "r" });
  const rows = await ask(romeo, "connected_users_info");
  const items = children(child(child(rows, "command")!, "x", "jabber:x:data")!).filter(
    ({ name }) => name === "item",
  );
  assert.equal(text(children(children(items[0]!)[0]!)[0]!), "romeo@h.test/r");
  assert.deepEqual((await run(romeo, "stats", { name: "registeredusers" })).values["stats"], ["2"]);
  assert.deepEqual(
    (await run(romeo, "check_account", { user: "x", host: "h.test" })).values["check_account"],
    ["false"],
  );
  const missing = await run(romeo, "unban_account", { user: "x", host: "h.test" });
  assert.deepEqual([missing.status, missing.notes], ["completed", ["error: There is no account x@h.test."]]);
  const note = await run(romeo, "kick_session", { user: "x", host: "h.test", resource: "y", reason: "" });
  assert.deepEqual(note.notes, ["info: There is no session x@h.test/y."]);
});

story("what is filled in wrongly can be filled in again; a form can be cancelled", admins, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const wrong = await run(romeo, "resource_num", { user: "romeo", host: "h.test", num: "many" });
  assert.equal(wrong.status, "executing");
  assert.match(wrong.notes[0]!, /^error: 'num' must be a whole number/);
  const cancel = read(await ask(romeo, "resource_num", "", `sessionid='${wrong.session}' action='cancel'`));
  assert.equal(cancel.status, "canceled");
  const { session } = read(await ask(romeo, "resource_num"));
  assert.equal(
    errorOf(await ask(romeo, "resource_num", "", `sessionid='${session}'`)),
    "bad-request bad-payload",
  );
  const prev = await ask(romeo, "resource_num", filled({}), `sessionid='${session}' action='prev'`);
  assert.equal(errorOf(prev), "bad-request bad-action");
  assert.equal(errorOf(await ask(romeo, "stats", "", `sessionid='${session}'`)), "bad-request bad-sessionid");
  assert.equal(errorOf(await ask(romeo, "stats", "", "action='jump'")), "bad-request malformed-action");
});

story("XEP-0133: users are added, banned, listed and deleted", admins, async (server) => {
  const romeo = await Romeo.login(server, "romeo", { resource: "r" });
  const admin = (node: string, values: Parameters<typeof filled>[0]): Promise<Answer> =>
    run(romeo, `${ADMIN}#${node}`, { FORM_TYPE: ADMIN, ...values });
  const both = { accountjid: "nurse@h.test", password: "pw", "password-verify": "other" };
  assert.deepEqual((await admin("add-user", both)).notes, ["error: The two passwords differ."]);
  await admin("add-user", { ...both, "password-verify": "pw" });
  const nurse = await Romeo.login(server, "nurse", { password: "pw", resource: "n" });
  const stats = (await admin("user-stats", { accountjid: "nurse@h.test" })).values;
  assert.deepEqual(
    [stats["ipaddresses"], stats["rostersize"], stats["onlineresources"]],
    [["127.0.0.1"], ["0"], ["n"]],
  );
  assert.deepEqual((await admin("get-online-users-list", { max_items: "none" })).values["onlineuserjids"], [
    "romeo@h.test/r",
    "nurse@h.test/n",
  ]);
  await admin("end-user-session", { accountjids: [nurse.jid] });
  assert.equal(condition(await nurse.expect("error")), "conflict");
  await admin("change-user-password", { accountjid: "nurse@h.test", password: "new" });
  await (await Romeo.login(server, "nurse", { password: "new" })).close();
  await admin("disable-user", { accountjids: ["nurse@h.test", "juliet@h.test"] });
  await assert.rejects(Romeo.login(server, "nurse", { password: "new" }), /account-disabled/);
  assert.deepEqual(read(await ask(romeo, `${ADMIN}#get-disabled-users-num`)).values["disabledusersnum"], [
    "2",
  ]);
  assert.deepEqual((await admin("get-disabled-users-list", {})).values["disableduserjids"], [
    "juliet@h.test",
    "nurse@h.test",
  ]);
  await admin("reenable-user", { accountjids: "juliet@h.test" });
  await (await Romeo.login(server, "juliet")).close();
  assert.match(
    (await admin("get-user-lastlogin", { accountjids: "nurse@h.test" })).values["lastlogin"]![0]!,
    /^20/,
  );
  await admin("delete-user", { accountjids: "nurse@h.test" });
  assert.deepEqual(
    (await admin("get-registered-users-list", { max_items: "25" })).values["registereduserjids"],
    ["juliet@h.test", "romeo@h.test"],
  );
  assert.deepEqual(read(await ask(romeo, `${ADMIN}#get-registered-users-num`)).values["registeredusersnum"], [
    "2",
  ]);
  assert.deepEqual(read(await ask(romeo, `${ADMIN}#get-online-users-num`)).values["onlineusersnum"], ["1"]);
  assert.equal((await admin("add-user", { ...both, accountjid: "h.test" })).status, "executing");
});

story("XEP-0133: announcements, the message of the day, and the end", admins, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const juliet = await Romeo.login(server, "juliet");
  const said = async (client: Romeo): Promise<string> => text(child(await client.expect("message"), "body"));
  await run(romeo, `${ADMIN}#announce`, { announcement: ["two", "lines"] });
  assert.equal(await said(juliet), "two\nlines");
  await run(romeo, `${ADMIN}#set-motd`, { motd: "rain" });
  assert.equal(await said(juliet), "rain");
  await run(romeo, `${ADMIN}#edit-motd`, { motd: "sun" });
  const later = await Romeo.login(server, "juliet");
  assert.equal(await said(later), "sun");
  assert.equal(read(await ask(romeo, `${ADMIN}#delete-motd`)).status, "completed");
  const wrong = await run(romeo, `${ADMIN}#shutdown`, { delay: "soon", announcement: "x" });
  assert.equal(wrong.status, "executing");
  const begun = await run(romeo, `${ADMIN}#shutdown`, { delay: "0", announcement: "good night" });
  assert.deepEqual([begun.status, begun.notes], ["completed", ["info: It has begun."]]);
  assert.equal(await said(later), "good night");
  assert.equal(condition(await later.expect("error")), "system-shutdown");
  assert.equal(await server.running.stopped, "asked");
});

story("restart by a form: the answer comes before the end", admins, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  // ejabberd's rights leave `stop` to whoever owns the data directory.
  assert.equal(errorOf(await ask(romeo, "stop")), "forbidden");
  const answer = read(await ask(romeo, "restart"));
  assert.deepEqual([answer.status, answer.notes], ["completed", ["info: It has begun."]]);
  assert.equal(condition(await romeo.expect("error")), "system-shutdown");
  assert.equal(await server.running.stopped, "restart");
});
