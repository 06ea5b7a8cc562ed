import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../../test/support/asking.ts";
import { HOST, InProcess } from "../../test/support/in-process.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { timeZone } from "./time.ts";

test("the offset of a time zone as XEP-0082 writes it", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "+00:00"],
    [-120, "+02:00"],
    [360, "-06:00"],
    [-345, "+05:45"],
    [210, "-03:30"],
    [-840, "+14:00"],
  ];
  for (const [minutes, written] of cases) assert.equal(timeZone(minutes), written);
});

test("the time is that of the world, in UTC", async () => {
  const server = new InProcess({
    accounts: ["romeo"],
    world: new SteppedWorld(Date.UTC(2006, 11, 19, 17, 58, 35, 900)),
  });
  const romeo = await server.login(`romeo@${HOST}/a`);
  const answer = await ask(romeo, "get", "<time xmlns='urn:xmpp:time'/>", HOST);
  const time = answer.child("time", "urn:xmpp:time")!;
  assert.equal(time.child("utc")?.text, "2006-12-19T17:58:35Z");
  assert.match(time.child("tzo")?.text ?? "", /^[+-]\d\d:\d\d$/);
});
