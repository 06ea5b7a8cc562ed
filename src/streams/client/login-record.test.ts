import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryConnection } from "../../../test/support/memory-connection.ts";
import { jid } from "../../../test/support/stanzas.ts";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { createLog } from "../../base/log.ts";
import { element } from "../../xml/element.ts";
import { LoginRecord } from "./login-record.ts";

const romeo = jid("romeo@h.test");

function record(): { record: LoginRecord; lines: { event: string; reason?: string }[] } {
  const lines: { event: string; reason?: string }[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const log = createLog({ level: "info", format: "json", now: () => 0, write });
  const [near] = MemoryConnection.pair(new SteppedWorld());
  return { record: new LoginRecord(log, { write: element("success", "u"), account: romeo }, near), lines };
}

test("a login has a line at its beginning and one at its end, which says why", () => {
  const ends: readonly [end: (record: LoginRecord) => void, reason: string][] = [
    [(one) => one.over(romeo, undefined), "connection lost"],
    [(one) => one.over(romeo, new Error("read ECONNRESET")), "connection lost: read ECONNRESET"],
    [
      (one) => {
        one.failed("conflict", "Replaced by new connection");
        one.over(romeo, undefined);
      },
      "conflict: Replaced by new connection",
    ],
    [
      (one) => {
        one.closed();
        one.failed("system-shutdown", undefined);
        one.over(romeo, undefined);
      },
      "closed by the client",
    ],
  ];
  for (const [end, reason] of ends) {
    const { record: one, lines } = record();
    end(one);
    assert.deepEqual(
      lines.map((line) => [line.event, line.reason]),
      [
        ["logged in", undefined],
        ["logged out", reason],
      ],
    );
  }
});
