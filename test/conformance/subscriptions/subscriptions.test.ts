// RFC 6121, Appendix A: every cell of Tables 2 to 9 with everything behind the sockets, and the cells of pre-approval (§3.4).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Stanza } from "../../../src/xmpp/stanza.ts";
import { ABROAD, HOST, InProcess, turn } from "../../support/in-process.ts";
import { jid, stanza } from "../../support/stanzas.ts";

type Word = "MUST" | "S.N." | "M.N.";

interface Table {
  readonly table: number;
  readonly clause: string;
  readonly direction: "outbound" | "inbound";
  readonly type: string;
  readonly rows: readonly {
    readonly state: string;
    readonly route?: Word;
    readonly deliver?: Word;
    readonly next: string;
  }[];
}

const tables = JSON.parse(
  readFileSync(new URL("./tables.json", import.meta.url), "utf8"),
) as readonly Table[];

const account = `romeo@${HOST}`;
const resource = `${account}/orchard`;
const contact = `juliet@${ABROAD}`;

interface Item {
  readonly subscription: string;
  readonly ask?: boolean;
  readonly approved?: boolean;
}

/** How the roster shows a state of RFC 6121 §A.1, and whether a request waits. */
function shown(state: string): Item & { readonly pendingIn: boolean } {
  const [subscription = "", pending = ""] = state.split(" + Pending ");
  return {
    subscription: subscription.toLowerCase(),
    ask: pending.startsWith("Out"),
    pendingIn: pending.endsWith("In"),
  };
}

/** A server whose romeo has this state with juliet, online with one resource. "None" is also somebody who is not in the roster. */
async function inState(state: string, approved = false, listed = true): Promise<Play> {
  const server = new InProcess({ accounts: ["romeo"] });
  const { storage } = server;
  const { pendingIn, ...item } = shown(state);
  if (listed) {
    const stored = {
      ...item,
      ...(approved ? { approved } : {}),
      name: "Juliet",
      groups: ["Friends"],
      version: 1,
    };
    const history = { epoch: "test-", version: 1, forgotten: 0, removed: [] };
    await storage.commit([
      storage.map("roster").set(jid(account), contact, stored),
      storage.document("roster-history").set(jid(account), history),
    ]);
  }
  if (pendingIn) {
    const request = stanza(contact, `<presence type='subscribe' id='first' to='${account}'/>`);
    await storage.commit([storage.map("roster-requests").set(jid(account), contact, request)]);
  }
  const session = await server.login(resource);
  server.abroad.length = 0;
  return {
    server,
    state,
    approved,
    received: () => session.take(),
    async act(direction, type) {
      if (direction === "outbound")
        await session.write(`<presence id='x' type='${type}' to='${contact}/garden'/>`);
      else await server.arrive(`${contact}/garden`, `<presence id='x' type='${type}' to='${account}'/>`);
      await turn();
    },
  };
}

interface Play {
  readonly server: InProcess;
  readonly state: string;
  readonly approved: boolean;
  received(): Stanza[];
  act(direction: "outbound" | "inbound", type: string): Promise<void>;
}

/** The state that the store has now. */
async function stored({
  server,
}: Play): Promise<{ state: string; approved: boolean; item: Item | undefined }> {
  const { storage } = server;
  const item = (await storage.map<Item>("roster").get(jid(account), contact)) ?? undefined;
  const request = await storage.map<Stanza>("roster-requests").get(jid(account), contact);
  const pending = (item?.ask ? "Out" : "") + (request === undefined ? "" : item?.ask ? "+In" : "In");
  const subscription = item?.subscription ?? "none";
  const name = subscription[0]!.toUpperCase() + subscription.slice(1);
  return {
    state: pending === "" ? name : `${name} + Pending ${pending}`,
    approved: item?.approved ?? false,
    item,
  };
}

const isSubscriptionStanza = ({ kind, type = "" }: Stanza): boolean =>
  kind === "presence" && /^(?:un)?subscribed?$/.test(type);

/** What this state change pushes: undefined where a client would see no difference (RFC 6121 §2.6.3). */
function expectedPush(
  before: string,
  after: string,
  approved: readonly [boolean, boolean],
): object | undefined {
  const { pendingIn: _in, ...was } = shown(before);
  const { pendingIn: _now, ...is } = shown(after);
  if (was.subscription === is.subscription && was.ask === is.ask && approved[0] === approved[1])
    return undefined;
  return {
    subscription: is.subscription,
    ask: is.ask ? "subscribe" : undefined,
    approved: approved[1] ? "true" : undefined,
  };
}

/** Checks the pushes among what the client got, and gives the rest. */
function checkPushes(received: readonly Stanza[], expected: object | undefined): Stanza[] {
  const pushes = received.filter(({ kind }) => kind === "iq");
  assert.deepEqual(
    pushes.map((push) => {
      const item = push.child("query", "jabber:iq:roster")!.child("item")!;
      assert.equal(item.attr("jid"), contact);
      return {
        subscription: item.attr("subscription"),
        ask: item.attr("ask"),
        approved: item.attr("approved"),
      };
    }),
    expected === undefined ? [] : [expected],
  );
  return received.filter(({ kind }) => kind !== "iq");
}

const isFrom = (state: string): boolean => state.startsWith("From") || state === "Both";

for (const { table, clause, direction, type, rows } of tables) {
  for (const { state, route, deliver, next } of rows) {
    const preApproves = next === "pre-approval";
    const after = next === "no state change" || preApproves ? state : next;
    for (const listed of state.startsWith("None") && !state.includes("Out") ? [true, false] : [true]) {
      const known = listed ? "" : ", not in the roster";
      test(`${clause}, Table ${table}: ${direction} ${type} in "${state}"${known}`, async () => {
        const play = await inState(state, false, listed);
        await play.act(direction, type);
        const now = await stored(play);
        assert.equal(now.state, after);
        assert.equal(now.approved, preApproves);
        if (now.item !== undefined && listed) assert.equal((now.item as { name?: string }).name, "Juliet");
        const rest = checkPushes(play.received(), expectedPush(state, after, [false, preApproves]));
        if (direction === "outbound") checkRouted(play, type, route!, rest);
        else checkDelivered(play, type, deliver!, rest, isFrom(after));
        assert.deepEqual(play.server.errors, []);
      });
    }
  }
}

function checkRouted({ server, state }: Play, type: string, route: Word, rest: readonly Stanza[]): void {
  assert.deepEqual(rest, [], "the sender gets nothing but the push");
  const routed = server.abroad.filter(isSubscriptionStanza);
  assert.equal(routed.length, route === "MUST" ? 1 : 0);
  const others = server.abroad.filter((stanza) => !isSubscriptionStanza(stanza));
  for (const { from, to } of routed) assert.deepEqual([`${from}`, `${to}`], [account, contact]);
  const types = server.abroad.map(({ type: sent }) => sent ?? "available");
  // RFC 6121 §3.1.5: the new subscriber gets presence, after the approval. §3.2.2: the old one sees it end, before.
  if (type === "subscribed" && route === "MUST") assert.deepEqual(types, [type, "available"]);
  else if (type === "unsubscribed" && isFrom(state)) assert.deepEqual(types, ["unavailable", type]);
  else assert.deepEqual(others, []);
  for (const { from, to } of others) assert.deepEqual([`${from}`, `${to}`], [resource, contact]);
}

function checkDelivered(
  { server, state }: Play,
  type: string,
  deliver: Word,
  rest: readonly Stanza[],
  subscriber: boolean,
): void {
  assert.deepEqual(
    rest.map(({ type: got, from, to }) => `${got} ${from} ${to}`),
    deliver === "MUST" ? [`${type} ${contact} ${account}`] : [],
  );
  const types = server.abroad.map(({ type: sent }) => sent ?? "available");
  // Table 6, note 2; Table 7, note 1 with §3.3.3.
  if (type === "subscribe" && subscriber) assert.deepEqual(types, ["subscribed", "available"]);
  else if (type === "unsubscribe" && deliver === "MUST") {
    assert.deepEqual(types, isFrom(state) ? ["unavailable", "unsubscribed"] : ["unsubscribed"]);
  } else assert.deepEqual(types, []);
}

// RFC 6121 §3.4.2 and Table 6, note 1: where somebody is approved before, the request is answered and not delivered.
for (const [state, after] of [
  ["None", "From"],
  ["None + Pending Out", "From + Pending Out"],
  ["To", "Both"],
  ["From", "From"],
  ["From + Pending Out", "From + Pending Out"],
  ["Both", "Both"],
] as const) {
  test(`RFC 6121 §3.4.2: inbound subscribe in "${state}" with pre-approval`, async () => {
    const play = await inState(state, true);
    await play.act("inbound", "subscribe");
    const now = await stored(play);
    assert.deepEqual([now.state, now.approved], [after, true]);
    assert.deepEqual(checkPushes(play.received(), expectedPush(state, after, [true, true])), []);
    assert.deepEqual(
      play.server.abroad.map(({ type, from, to }) => `${type} ${from} ${to}`),
      [`subscribed ${account} ${contact}`, `undefined ${resource} ${contact}`],
    );
  });
}

// RFC 6121 §3.2.2: an approval that nobody has used yet is taken back, and the contact does not hear of it.
for (const state of ["None", "None + Pending Out", "To"]) {
  test(`RFC 6121 §3.2.2: outbound unsubscribed in "${state}" takes a pre-approval back`, async () => {
    const play = await inState(state, true);
    await play.act("outbound", "unsubscribed");
    const now = await stored(play);
    assert.deepEqual([now.state, now.approved], [state, false]);
    assert.deepEqual(checkPushes(play.received(), expectedPush(state, state, [true, false])), []);
    assert.deepEqual(play.server.abroad, []);
  });
}

// RFC 6121 §3.4.2: an approval that is there already changes nothing.
for (const state of ["None", "None + Pending Out", "To", "From", "From + Pending Out", "Both"]) {
  test(`RFC 6121 §3.4.2: outbound subscribed in "${state}" with pre-approval`, async () => {
    const play = await inState(state, true);
    await play.act("outbound", "subscribed");
    assert.equal((await stored(play)).state, state);
    assert.deepEqual(play.received(), []);
    assert.deepEqual(play.server.abroad, []);
  });
}

test("RFC 6121 §4.3.2: the answer to a probe does not cancel a pre-approval", async () => {
  const play = await inState("None", true);
  await play.server.arrive(contact, `<presence type='probe' to='${account}' id='p'/>`);
  assert.deepEqual(
    play.server.abroad.map(({ type, id }) => [type, id]),
    [["unsubscribed", "p"]],
  );
  assert.equal((await stored(play)).approved, true);
});
