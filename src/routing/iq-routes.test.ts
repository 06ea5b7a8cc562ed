import assert from "node:assert/strict";
import { test } from "node:test";
import { jid, stanza } from "../../test/support/stanzas.ts";
import type { Asker, Stranger } from "../kernel/iq.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { attribute, type Payload, payload } from "../xmpp/payload.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import { IqRouteTable } from "./iq-routes.ts";

const query = payload("urn:q", "query", { name: attribute() });
const stranger: Stranger = { host: "h.test", remoteAddress: "127.0.0.1", loopback: true };

function asker(xml: string): Asker {
  const request = stanza("romeo@h.test/orchard", xml);
  return { from: request.from!, to: jid("h.test"), session: undefined, stanza: request };
}

const get = (content = "<query xmlns='urn:q' name='x'/>"): Asker =>
  asker(`<iq type='get' id='1' to='h.test'>${content}</iq>`);

function table(): { readonly routes: IqRouteTable; readonly crashes: unknown[] } {
  const crashes: unknown[] = [];
  return { routes: new IqRouteTable((error, shape) => crashes.push([String(error), shape])), crashes };
}

const condition = (answer: Stanza | undefined): string =>
  answer!.child("error", "jabber:client")!.elements()[0]!.name;

async function refused(respond: () => unknown): Promise<string> {
  try {
    await respond();
  } catch (error) {
    assert.ok(error instanceof StanzaError, String(error));
    return error.condition;
  }
  return "nothing";
}

test("a request goes to the handler of its type, target, name and namespace", async () => {
  const { routes } = table();
  routes.get(query, ["host", "own-account"], ({ name }) => ({ name: `${name} get` }));
  routes.set(query, ["host"], async () => {});
  const answer = await routes.respond("host", get());
  assert.equal(answer.type, "result");
  assert.equal(answer.elements()[0]!.attr("name"), "x get");
  assert.equal((await routes.respond("own-account", get())).type, "result");
  const set = await routes.respond(
    "host",
    asker("<iq type='set' id='1'><query xmlns='urn:q' name='y'/></iq>"),
  );
  assert.deepEqual([set.type, set.children.length], ["result", 0]);
  for (const [target, content] of [
    ["other-account", undefined],
    ["host", "<query xmlns='urn:other' name='x'/>"],
    ["host", "<other xmlns='urn:q' name='x'/>"],
  ] as const) {
    assert.equal(await refused(() => routes.respond(target, get(content))), "service-unavailable");
  }
});

test("what a handler throws is the answer; a bug is told to the log alone", async () => {
  const failing: readonly [string, () => unknown][] = [
    ["forbidden", () => Promise.reject(new StanzaError("forbidden"))],
    [
      "forbidden",
      () => {
        throw new StanzaError("forbidden");
      },
    ],
    ["internal-server-error", () => Promise.reject(new Error("a bug"))],
    [
      "internal-server-error",
      () => {
        throw new Error("a bug");
      },
    ],
  ];
  for (const [expected, handler] of failing) {
    const { routes, crashes } = table();
    routes.get(query, ["host"], handler);
    assert.equal(await refused(() => routes.respond("host", get())), expected);
    assert.deepEqual(crashes, expected === "forbidden" ? [] : [["Error: a bug", "urn:q query"]]);
  }
});

test("a payload that does not have its form is a bad request, one that cannot be written a bug", async () => {
  const { routes } = table();
  routes.get(query, ["host"], () => assert.fail("called"));
  assert.equal(await refused(() => routes.respond("host", get("<query xmlns='urn:q'/>"))), "bad-request");
  for (const late of [false, true]) {
    const { routes: others, crashes } = table();
    const broken: Payload<{ name: string }> = {
      ...query,
      write() {
        throw new Error("a bug");
      },
    };
    const value = { name: "x" };
    others.get(broken, ["host"], () => (late ? Promise.resolve(value) : value));
    assert.equal(await refused(() => others.respond("host", get())), "internal-server-error");
    assert.equal(crashes.length, 1);
  }
});

test("one handler for each request", () => {
  const { routes } = table();
  routes.get(query, ["host"], () => undefined);
  routes.set(query, ["host"], () => undefined);
  assert.throws(() => routes.get(query, ["host"], () => undefined), /two handlers/);
});

test("before login there are routes of their own", async () => {
  const { routes } = table();
  const request = get().stanza;
  routes.get(query, ["host"], () => assert.fail("called"));
  assert.equal(await routes.answer(request, stranger), undefined);
  routes.beforeLogin("get", query, ({ name }, { remoteAddress }) => ({ name: `${name} ${remoteAddress}` }));
  assert.equal((await routes.answer(request, stranger))!.elements()[0]!.attr("name"), "x 127.0.0.1");
  const empty = get("<query xmlns='urn:q'/>").stanza;
  assert.equal(condition(await routes.answer(empty, stranger)), "bad-request");
  const noId = stanza("h.test", "<iq type='get'><query xmlns='urn:q' name='x'/></iq>");
  const refused = (await routes.answer(noId, stranger))!;
  assert.equal(condition(refused), "bad-request");
  // What is sent to register has a password in it.
  assert.deepEqual(
    refused.children.map(({ name }) => name),
    ["error"],
  );
});
