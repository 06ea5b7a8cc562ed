import assert from "node:assert/strict";
import { test } from "node:test";
import { lines } from "../support/presence-lines.ts";
import { child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story, TestServer } from "../support/server.ts";

const NS = "urn:xmpp:blocking";

function request(name: string, ...addresses: string[]): string {
  return `<${name} xmlns='${NS}'>${addresses.map((jid) => `<item jid='${jid}'/>`).join("")}</${name}>`;
}

async function change(client: Romeo, name: string, ...addresses: string[]): Promise<void> {
  const answer = await client.ask("set", request(name, ...addresses));
  assert.equal(answer.attributes["type"], "result");
}

function items(list: Element | undefined): (string | undefined)[] {
  return (list?.nodes ?? []).flatMap((node) => (typeof node === "string" ? [] : [node.attributes["jid"]]));
}

async function blocked(client: Romeo): Promise<(string | undefined)[]> {
  return items(child(await client.ask("get", request("blocklist")), "blocklist"));
}

/** Pushes in one line each. */
function pushes(elements: readonly Element[]): string[] {
  return elements.map((element) => {
    const list = element.nodes.find((node) => typeof node !== "string") as Element;
    return [element.attributes["type"], list.name, ...items(list)].join(" ");
  });
}

function bodies(elements: readonly Element[]): string[] {
  return elements.filter(({ name }) => name === "message").map((one) => text(child(one, "body")));
}

/** Romeo and Juliet, each subscribed to the other. */
async function lovers(server: TestServer): Promise<readonly [Romeo, Romeo]> {
  const romeo = await Romeo.login(server, "romeo", { resource: "orchard" });
  const juliet = await Romeo.login(server, "juliet", { resource: "balcony" });
  for (const [one, other] of [
    [romeo, juliet],
    [juliet, romeo],
  ] as const) {
    one.send(`<presence to='${other.account}' type='subscribed'/>`);
    one.send(`<presence to='${other.account}' type='subscribe'/>`);
    await one.sync();
  }
  await Promise.all([romeo.sync(), juliet.sync()]);
  return [romeo, juliet];
}

story(
  "XEP-0191: a client finds the block list, changes it, and its other resources follow",
  { accounts: ["juliet"], configuration: "extensions: {blocking: {items: 3}}" },
  async (server) => {
    const juliet = await Romeo.login(server, "juliet");
    const info = await juliet.ask(
      "get",
      "<query xmlns='http://jabber.org/protocol/disco#info'/>",
      server.host,
    );
    const features = child(info, "query")!.nodes.map((node) =>
      typeof node === "string" ? "" : node.attributes["var"],
    );
    assert.ok(features.includes(NS));
    assert.deepEqual(await blocked(juliet), []);
    const phone = await Romeo.login(server, "juliet");
    await Promise.all([juliet.sync(), phone.sync()]);
    await change(phone, "block", "Romeo@B.TEST", "c.test/x");
    await change(phone, "block", "romeo@b.test", "d.test");
    const full = await phone.ask("set", request("block", "e.test"));
    assert.equal(condition(full), "resource-constraint");
    assert.equal(condition(await phone.ask("set", request("block"))), "bad-request");
    assert.equal(condition(await phone.ask("set", request("block", "@"))), "jid-malformed");
    await change(phone, "unblock", "c.TEST/x");
    await change(phone, "unblock");
    assert.deepEqual(pushes(await juliet.sync()), [
      "set block romeo@b.test c.test/x",
      "set block romeo@b.test d.test",
      "set unblock c.test/x",
      "set unblock",
    ]);
    assert.deepEqual(await phone.sync(), []);
    assert.deepEqual(await blocked(phone), []);
  },
);

story(
  "a blocked contact sees the account leave, reaches nobody and hears nothing; unblocked, all is as before",
  { accounts: ["romeo", "juliet", "nurse"] },
  async (server) => {
    const [romeo, juliet] = await lovers(server);
    const nurse = await Romeo.login(server, "nurse");
    await change(juliet, "block", "romeo@h.test");
    assert.deepEqual(lines(await romeo.sync()), [
      "presence unavailable juliet@h.test/balcony > romeo@h.test",
    ]);

    const refused: readonly (readonly [string, string])[] = [
      ["message", `<message to='juliet@h.test' type='chat' id='x'><body>one</body></message>`],
      ["message", `<message to='${juliet.jid}' id='x'><body>two</body></message>`],
      ["message", `<message to='juliet@h.test' type='headline' id='x'><body>three</body></message>`],
      ["iq", `<iq to='juliet@h.test' type='get' id='x'><vCard xmlns='vcard-temp'/></iq>`],
      ["iq", `<iq to='${juliet.jid}' type='set' id='x'><open xmlns='urn:test:x'/></iq>`],
    ];
    for (const [name, xml] of refused) {
      romeo.send(xml);
      assert.equal(condition(await romeo.expect(name, { id: "x" })), "service-unavailable", xml);
    }
    romeo.send(`<message to='${juliet.jid}' type='error'/><iq to='${juliet.jid}' type='result' id='x'/>`);
    romeo.send(`<presence to='juliet@h.test' type='probe'/><presence to='${juliet.jid}'/>`);
    romeo.send("<presence><show>away</show></presence>");
    assert.deepEqual(lines(await romeo.sync()), ["presence available romeo@h.test/orchard > romeo@h.test"]);
    assert.deepEqual(await juliet.sync(), []);

    for (const xml of [
      `<message to='romeo@h.test' type='chat' id='y'><body>four</body></message>`,
      `<iq to='${romeo.jid}' type='get' id='y'><ping xmlns='urn:xmpp:ping'/></iq>`,
      `<presence to='romeo@h.test' id='y'/>`,
    ]) {
      juliet.send(xml);
      const error = await juliet.find((one) => one.attributes["id"] === "y", xml);
      assert.equal(condition(error), "not-acceptable", xml);
      assert.ok(child(child(error, "error")!, "blocked", "urn:xmpp:blocking:errors"), xml);
    }
    juliet.send("<presence><show>dnd</show></presence>");
    await juliet.sync();
    const phone = await Romeo.login(server, "juliet", { resource: "phone" });
    await phone.sync();
    await phone.close();
    assert.deepEqual(lines(await romeo.sync()), []);
    // Others are not concerned.
    nurse.send(`<message to='juliet@h.test' type='chat'><body>five</body></message>`);
    await nurse.sync();
    assert.deepEqual(bodies(await juliet.sync()), ["five"]);

    await change(juliet, "unblock", "romeo@h.test");
    const [seen, ...more] = await romeo.sync();
    assert.deepEqual(lines([seen!]), ["presence available juliet@h.test/balcony > romeo@h.test"]);
    assert.equal(text(child(seen!, "show")), "dnd");
    assert.deepEqual(more, []);
    const [his, ...others] = await juliet.sync();
    assert.deepEqual(lines([his!]), ["presence available romeo@h.test/orchard > juliet@h.test"]);
    assert.equal(text(child(his!, "show")), "away");
    assert.deepEqual(others, []);
    romeo.send(`<message to='juliet@h.test' type='chat'><body>six</body></message>`);
    await romeo.sync();
    assert.deepEqual(bodies(await juliet.sync()), ["six"]);
  },
);

story(
  "what a blocked account writes to one who is offline is not kept, and a request of its is not either",
  { accounts: ["romeo", "juliet", "paris"] },
  async (server) => {
    const juliet = await Romeo.login(server, "juliet");
    await change(juliet, "block", "romeo@h.test", "paris@h.test");
    await juliet.close();
    const romeo = await Romeo.login(server, "romeo");
    romeo.send("<message to='juliet@h.test' type='chat' id='m'><body>one</body></message>");
    assert.equal(condition(await romeo.expect("message", { id: "m" })), "service-unavailable");
    romeo.send("<presence to='juliet@h.test' type='subscribe'/>");
    await romeo.sync();
    await romeo.close();
    const again = await Romeo.login(server, "juliet");
    await change(again, "unblock");
    assert.deepEqual(await again.sync(), []);
  },
);

story(
  "a whole domain is blocked, but not the own account and the own server",
  { accounts: ["romeo", "juliet"], hosts: ["h.test", "other.test"] },
  async (server) => {
    await server.register("romeo", "secret", "other.test");
    const near = await Romeo.login(server, "romeo");
    const far = await Romeo.login(server, "romeo", { host: "other.test" });
    const juliet = await Romeo.login(server, "juliet", { resource: "balcony" });
    const phone = await Romeo.login(server, "juliet", { resource: "phone" });
    await juliet.sync();
    const write = async (from: Romeo, body: string): Promise<void> => {
      from.send(`<message to='${juliet.jid}' type='chat'><body>${body}</body></message>`);
      await from.sync();
    };
    await change(phone, "block", "OTHER.test");
    await write(near, "near");
    await write(far, "far");
    assert.deepEqual(bodies(await juliet.sync()), ["near"]);
    await change(phone, "block", "h.test");
    await write(near, "near");
    await write(phone, "own");
    assert.deepEqual(bodies(await juliet.sync()), ["own"]);
    assert.equal(
      (await juliet.ask("get", "<ping xmlns='urn:xmpp:ping'/>", "h.test")).attributes["type"],
      "result",
    );
    juliet.send("<message to='x@other.test' id='z'><body>x</body></message>");
    assert.equal(condition(await juliet.expect("message", { id: "z" })), "not-acceptable");
  },
);

story(
  "without the extension nobody is blocked, and presence goes as ever",
  {
    accounts: ["romeo", "juliet"],
    configuration: "extensions: {blocking: false}",
  },
  async (server) => {
    const [romeo, juliet] = await lovers(server);
    assert.equal(condition(await juliet.ask("set", request("block", "romeo@h.test"))), "service-unavailable");
    juliet.send("<presence><show>away</show></presence>");
    await juliet.sync();
    assert.deepEqual(lines(await romeo.sync()), ["presence available juliet@h.test/balcony > romeo@h.test"]);
  },
);

test("block lists outlive the server", async () => {
  const first = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet"] });
  const juliet = await Romeo.login(first, "juliet");
  await change(juliet, "block", "romeo@h.test");
  await first.stop(true);
  const again = await TestServer.start({ driver: "sqlite", directory: first.directory });
  try {
    const romeo = await Romeo.login(again, "romeo");
    romeo.send("<message to='juliet@h.test' id='m'><body>x</body></message>");
    assert.equal(condition(await romeo.expect("message", { id: "m" })), "service-unavailable");
    assert.deepEqual(await blocked(await Romeo.login(again, "juliet")), ["romeo@h.test"]);
  } finally {
    await again.stop();
  }
});

story(
  "what waits is not delivered from somebody who was blocked meanwhile, and stays in the archive",
  { accounts: ["romeo", "juliet", "nurse"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const nurse = await Romeo.login(server, "nurse");
    const juliet = await Romeo.login(server, "juliet", { presence: false });
    for (const [sender, id] of [
      [romeo, "1"],
      [nurse, "2"],
      [romeo, "3"],
    ] as const) {
      sender.send(`<message to='juliet@h.test' type='chat' id='${id}'><body>${id}</body></message>`);
      await sender.sync();
    }
    await change(juliet, "block", romeo.account);
    juliet.send("<presence/>");
    await juliet.expect("message", { id: "2" });
    assert.deepEqual(bodies(await juliet.sync()), []);
    await change(juliet, "unblock", romeo.account);
    juliet.send("<presence type='unavailable'/><presence/>");
    assert.deepEqual(bodies(await juliet.sync()), []);
    await juliet.ask("set", "<query xmlns='urn:xmpp:mam:2'/>");
    assert.equal(juliet.stream.takeAll().filter((one) => child(one, "result") !== undefined).length, 3);
    // Nothing that tells him anything.
    assert.deepEqual(await romeo.sync(), []);
  },
);
