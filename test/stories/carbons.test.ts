import assert from "node:assert/strict";
import { child, type Element, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

const CARBONS = "urn:xmpp:carbons:2";

/** What a client got: `sent …` and `received …` for copies. */
async function heard(client: Romeo): Promise<readonly string[]> {
  return (await client.sync()).filter(({ name }) => name === "message").map((one) => words(one, client));
}

function words(message: Element, { account, jid }: Romeo): string {
  for (const name of ["sent", "received"]) {
    const copy = child(message, name, CARBONS);
    if (copy === undefined) continue;
    assert.equal(message.attributes["from"], account);
    assert.equal(message.attributes["to"], jid);
    const inside = child(child(copy, "forwarded", "urn:xmpp:forward:0")!, "message", "jabber:client")!;
    assert.equal(message.attributes["type"], inside.attributes["type"]);
    return `${name} ${text(child(inside, "body"))}`;
  }
  return text(child(message, "body"));
}

async function enabled(server: TestServer, user: string, resource: string): Promise<Romeo> {
  const client = await Romeo.login(server, user, { resource });
  const answer = await client.ask("set", `<enable xmlns='${CARBONS}'/>`);
  assert.equal(answer.attributes["type"], "result");
  return client;
}

story("devices follow a conversation", { accounts: ["romeo", "juliet"] }, async (server) => {
  const phone = await enabled(server, "romeo", "phone");
  const laptop = await enabled(server, "romeo", "laptop");
  const juliet = await Romeo.login(server, "juliet");
  for (const client of [phone, laptop, juliet]) await client.sync();
  phone.send("<message to='juliet@h.test' type='chat'><body>1</body></message>");
  await phone.sync();
  juliet.send(`<message to='${phone.jid}' type='chat'><body>2</body></message>`);
  await juliet.sync();
  phone.send("<message to='juliet@h.test' type='chat'><body>3</body></message>");
  await phone.sync();
  juliet.send("<message to='romeo@h.test' type='chat'><body>4</body></message>");
  juliet.send(
    `<message to='${phone.jid}' type='chat'><body>5</body><private xmlns='${CARBONS}'/><no-copy xmlns='urn:xmpp:hints'/></message>`,
  );
  assert.deepEqual(await heard(juliet), ["3"]);
  assert.deepEqual(await heard(laptop), ["sent 1", "received 2", "sent 3", "4"]);
  assert.deepEqual(await heard(phone), ["4", "5"]);
  await laptop.ask("set", `<disable xmlns='${CARBONS}'/>`);
  phone.send("<message to='juliet@h.test' type='chat'><body>6</body></message>");
  await phone.sync();
  assert.deepEqual(await heard(laptop), []);
});

story(
  "a device that is asleep gets copies, and they have the ids of the archive",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const phone = await Romeo.login(server, "romeo", {
      resource: "phone",
      presence: "<presence><priority>-1</priority></presence>",
    });
    await phone.ask("set", `<enable xmlns='${CARBONS}'/>`);
    const laptop = await Romeo.login(server, "romeo", { resource: "laptop" });
    const juliet = await Romeo.login(server, "juliet");
    juliet.send("<message to='romeo@h.test' type='chat'><body>1</body></message>");
    laptop.send("<message to='juliet@h.test' type='chat'><body>2</body></message>");
    await juliet.sync();
    await laptop.sync();
    const id = (message: Element | undefined): string | undefined =>
      child(message!, "stanza-id", "urn:xmpp:sid:0")?.attributes["id"];
    const ids: (string | undefined)[] = [];
    for (const name of ["received", "sent"]) {
      const copy = await phone.find((one) => child(one, name, CARBONS) !== undefined, `a message ${name}`);
      const inside = child(child(copy, name, CARBONS)!, "forwarded", "urn:xmpp:forward:0")!;
      ids.push(id(child(inside, "message", "jabber:client")));
    }
    await phone.ask("set", "<query xmlns='urn:xmpp:mam:2'/>");
    const results = phone.stream
      .takeAll()
      .map((one) => child(one, "result", "urn:xmpp:mam:2")?.attributes["id"]);
    const archived = results.filter((one) => one !== undefined);
    assert.deepEqual(archived.toSorted(), ids.toSorted());
    assert.ok(!ids.includes(undefined));
  },
);
