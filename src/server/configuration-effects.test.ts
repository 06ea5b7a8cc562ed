import assert from "node:assert/strict";
import { test } from "node:test";
import type { Options } from "../kernel/options.ts";
import { configurationOptions } from "./configuration-options.ts";
import { extensions } from "./extensions.ts";

function restartOptions(members: Options, above = ""): readonly string[] {
  return Object.entries(members).flatMap(([name, member]) => {
    if (member.section !== undefined) return restartOptions(member.section, `${above}${name}.`);
    return (member.effect ?? "restart") === "restart" ? [`${above}${name}`] : [];
  });
}

test("what a reload cannot change is little, and each of it has its reason", () => {
  const found = restartOptions(configurationOptions(extensions));
  const loaded = extensions.map(({ name }) => `extensions.${name}.enabled`);
  assert.deepEqual(
    found.filter((option) => !loaded.includes(option)),
    [
      // The process owns its data directory from the start to the end, and the store that lies there.
      "data",
      "storage",
      // Lines of two kinds in one stream are of use to nobody.
      "log.format",
    ],
  );
  assert.ok(loaded.every((option) => found.includes(option)));
});
