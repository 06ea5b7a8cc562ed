import assert from "node:assert/strict";
import { test } from "node:test";
import { jid } from "../../../test/support/stanzas.ts";
import type { Connection } from "../../kernel/connection.ts";
import type { Rights } from "../../kernel/rights.ts";
import { sessionRate } from "./binding.ts";
import type { ClientStreamParts, ListenerRules } from "./stream-parts.ts";

const limit = { bytesPerSecond: 1, burst: 2 };
const fast = { bytesPerSecond: 100, burst: 200 };

function rate(rules: ListenerRules, said: ReturnType<Rights["shaper"]>): ReturnType<typeof sessionRate> {
  const asked: unknown[] = [];
  const parts = {
    limits: { session: { rate: limit } },
    rules,
    hostRules: () => ({}),
    rights: {
      shaper(rule: string, who: unknown) {
        asked.push([rule, who]);
        return said;
      },
    },
  } as unknown as ClientStreamParts;
  const account = jid("romeo@h.test");
  const found = sessionRate(account, { remoteAddress: "192.0.2.1" } as Connection, parts);
  const question = [rules.shaper, { account, address: "192.0.2.1" }];
  assert.deepEqual(asked, rules.shaper === undefined ? [] : [question]);
  return found;
}

test("how fast a client may send is the limit's unless a rule says so", () => {
  const rules = { access: "all", shaper: "speed" };
  assert.deepEqual(rate({ ...rules, shaper: undefined }, fast), limit);
  assert.deepEqual(rate(rules, undefined), limit);
  assert.deepEqual(rate(rules, fast), fast);
  assert.equal(rate(rules, "none"), undefined);
});
