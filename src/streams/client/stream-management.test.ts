import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { REQUEST } from "./management-elements.ts";
import { type Managed, StreamManagement } from "./stream-management.ts";

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

test("who was asked while nothing could be written is asked again when it has come back", async () => {
  const written: string[] = [];
  let open = false;
  const session: Managed = {
    account: Jid.parse("romeo@h.test")!,
    facts: () => assert.fail(),
    write: (text) => void (open && written.push(text)),
    expectAnswer: () => {},
  };
  const parts = {
    world: new SteppedWorld(),
    records: undefined as never,
    unacknowledged: { stanzas: 1000, bytes: 4_194_304 },
  };
  const management = new StreamManagement(session, parts, undefined);
  management.disconnected();
  // Something comes while the resumption waits for the store.
  management.sent(Stanza.of("message", { id: "1" }), undefined);
  await turn();
  assert.deepEqual(written, []);
  open = true;
  management.connected();
  await turn();
  assert.deepEqual(written, [REQUEST]);
  management.sent(Stanza.of("message", { id: "2" }), undefined);
  await turn();
  assert.deepEqual(written, [REQUEST]);
});
