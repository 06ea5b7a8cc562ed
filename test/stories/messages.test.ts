import assert from "node:assert/strict";
import { child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story } from "../support/server.ts";

const isMessage = (element: Element): boolean => element.name === "message";
const body = (element: Element): string => text(child(element, "body"));

async function bodies(client: Romeo): Promise<string[]> {
  return (await client.sync()).filter(isMessage).map(body);
}

story("a conversation stays in order", { accounts: ["romeo", "juliet"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const juliet = await Romeo.login(server, "juliet");
  const lines = Array.from({ length: 150 }, (_one, index) => String(index));
  // Messages wait for the store, questions and presence do not: they must not overtake.
  for (const line of lines) {
    romeo.send(`<message to='juliet@h.test' type='chat'><body>${line}</body></message>`);
    if (Number(line) % 10 === 0) {
      romeo.send(`<iq type='get' id='${line}' to='${juliet.jid}'><q xmlns='urn:test:q'/></iq>`);
      romeo.send(`<presence to='juliet@h.test' id='${line}'/>`);
      romeo.send(`<message to='${juliet.jid}' type='headline' id='${line}'/>`);
    }
    juliet.send(`<message to='${romeo.jid}'><body>${line}</body></message>`);
  }
  await Promise.all([romeo.sync(), juliet.sync()]).then(async ([there, here]) => {
    const late = await Promise.all([romeo.sync(), juliet.sync()]);
    const atRomeo = [...there, ...late[0]].filter(isMessage);
    assert.deepEqual(atRomeo.map(body), lines);
    const atJuliet = [...here, ...late[1]].map((one) => `${one.name} ${one.attributes["id"] ?? body(one)}`);
    const expected = lines.flatMap((line) =>
      Number(line) % 10 === 0
        ? [`message ${line}`, `iq ${line}`, `presence ${line}`, `message ${line}`]
        : [`message ${line}`],
    );
    assert.deepEqual(atJuliet, expected);
  });
});

story(
  "two devices of the same priority get everything, one of a lower priority only what is for it",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const presence = (priority: number): string => `<presence><priority>${priority}</priority></presence>`;
    const phone = await Romeo.login(server, "juliet", { resource: "phone", presence: presence(5) });
    const desk = await Romeo.login(server, "juliet", { resource: "desk", presence: presence(5) });
    const tablet = await Romeo.login(server, "juliet", { resource: "tablet", presence: presence(1) });
    romeo.send("<message to='juliet@h.test' type='chat'><body>both</body></message>");
    romeo.send(`<message to='${tablet.jid}' type='chat'><body>one</body></message>`);
    await romeo.sync();
    assert.deepEqual(await bodies(phone), ["both"]);
    assert.deepEqual(await bodies(desk), ["both"]);
    assert.deepEqual(await bodies(tablet), ["one"]);
    // The phone goes to sleep; nothing is for it any more, and the other takes over.
    phone.send(presence(-1));
    await phone.sync();
    romeo.send("<message to='juliet@h.test' type='chat'><body>next</body></message>");
    await romeo.sync();
    assert.deepEqual(await bodies(phone), []);
    assert.deepEqual(await bodies(desk), ["next"]);
    // To one that is gone: the account gets it all the same.
    await desk.close();
    romeo.send("<message to='juliet@h.test/desk' type='chat'><body>last</body></message>");
    await romeo.sync();
    assert.deepEqual(await bodies(tablet), ["last"]);
  },
);

story("what cannot be delivered comes back with the reason", { accounts: ["romeo"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const extra = "<x xmlns='urn:test:x' a='1'><y>&lt;&amp;</y></x>";
  romeo.send(
    `<message to='nobody@h.test/x' type='chat' id='m1' xml:lang='it'><body>Ciao</body>${extra}</message>`,
  );
  const bounced = await romeo.expect("message", { id: "m1" });
  assert.deepEqual(bounced.attributes, {
    from: "nobody@h.test/x",
    to: romeo.jid,
    type: "error",
    id: "m1",
    "xml:lang": "it",
  });
  assert.equal(body(bounced), "Ciao");
  assert.equal(text(child(child(bounced, "x", "urn:test:x")!, "y")), "<&");
  const error = child(bounced, "error", "jabber:client")!;
  assert.equal(error.attributes["type"], "cancel");
  const [reason] = error.nodes as Element[];
  assert.deepEqual(
    [reason!.name, reason!.ns],
    ["service-unavailable", "urn:ietf:params:xml:ns:xmpp-stanzas"],
  );
});

story("errors are never answered", { accounts: ["romeo"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo", { presence: false });
  const error = "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
  for (const to of [
    "nobody@h.test",
    "nobody@h.test/x",
    "h.test",
    "x.h.test",
    "elsewhere.test",
    "@@",
    "romeo@h.test",
  ]) {
    for (const kind of ["message", "presence", "iq"])
      romeo.send(`<${kind} type='error' id='e' to='${to}'>${error}</${kind}>`);
    romeo.send(`<iq type='result' id='r' to='${to}'/>`);
  }
  assert.deepEqual(await romeo.sync(), []);
});

story(
  "a client that stops reading is let go, and nothing that was for it is lost",
  {
    accounts: ["romeo", "juliet"],
    configuration: "limits: {client: {rate: 1 GB, burst: 64 MiB, output: 128 KiB}}",
  },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await Romeo.login(server, "juliet", { resource: "a" });
    juliet.stream.socket.pause();
    const filler = "x".repeat(50_000);
    let sent = 0;
    // More than the kernel holds for it.
    while ((await server.command("connected_users_number")).out === "2\n") {
      for (let n = 0; n < 20; n++) {
        sent++;
        romeo.send(
          `<message to='juliet@h.test' id='${sent}'><body>${sent}</body><x xmlns='urn:x'>${filler}</x></message>`,
        );
      }
      await romeo.sync();
      assert.ok(sent < 2000, "it is never let go");
    }
    romeo.send("<message to='juliet@h.test' id='end'><body>end</body></message>");
    await romeo.sync();
    juliet.stream.socket.resume();
    await juliet.stream.end();
    const first = juliet.stream.takeAll().filter(isMessage);
    const again = await Romeo.login(server, "juliet", { resource: "b" });
    const second: Element[] = [];
    while (second.at(-1)?.attributes["id"] !== "end") second.push(await again.find(isMessage, "a message"));
    const ids = (list: readonly Element[]): number[] =>
      list.map((one) => Number(one.attributes["id"])).filter((id) => !Number.isNaN(id));
    const got = new Set([...ids(first), ...ids(second)]);
    assert.equal(got.size, sent);
    for (const part of [ids(first), ids(second)]) {
      assert.deepEqual(
        part,
        [...part].sort((left, right) => left - right),
      );
      assert.equal(new Set(part).size, part.length);
    }
    assert.deepEqual(await bodies(again), []);
  },
);

story(
  "a device that replaces itself loses nothing on the way",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    let juliet = await Romeo.login(server, "juliet", { resource: "phone" });
    const received: string[] = [];
    for (let login = 0; login < 5; login++) {
      for (let n = 0; n < 10; n++)
        romeo.send(`<message to='juliet@h.test' type='chat'><body>${login * 10 + n}</body></message>`);
      const next = Romeo.login(server, "juliet", { resource: "phone" });
      const older = juliet;
      juliet = await next;
      await older.stream.end();
      const rest = older.stream.takeAll();
      assert.equal(condition(rest.find((one) => one.name === "error")!), "conflict");
      received.push(...rest.filter(isMessage).map(body));
      await romeo.sync();
      received.push(...(await bodies(juliet)));
    }
    const numbers = received.map(Number).sort((left, right) => left - right);
    assert.deepEqual(
      [...new Set(numbers)],
      Array.from({ length: 50 }, (_one, index) => index),
    );
  },
);
