import assert from "node:assert/strict";
import { test } from "node:test";
import type { Slot } from "../../kernel/sessions.ts";
import { SessionState } from "./session-state.ts";

interface Count {
  value: number;
}

const lasting: Slot<Count> = {
  name: "lasting",
  create: () => ({ value: 0 }),
  save: ({ value }) => value || undefined,
  load: (saved) => ({ value: saved as number }),
};
const passing: Slot<Count> = { name: "passing", create: () => ({ value: 0 }) };

test("what a slot saves is there again, also when nobody has asked for it meanwhile", () => {
  const state = new SessionState();
  assert.deepEqual(state.save(), {});
  state.get(lasting).value = 3;
  state.get(passing).value = 4;
  assert.deepEqual(state.save(), { lasting: 3 });
  const again = SessionState.restored(SessionState.restored(state.save()).save());
  assert.equal(again.get(passing).value, 0);
  assert.equal(again.get(lasting).value, 3);
  assert.equal(again.get(lasting), again.get(lasting));
  again.get(lasting).value = 0;
  assert.deepEqual(again.save(), {});
});

test("what was saved for a slot that does not load is nobody's", () => {
  const state = SessionState.restored({ passing: 7 });
  assert.equal(state.get(passing).value, 0);
});
