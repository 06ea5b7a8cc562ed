// README.md shows commands with what they print, and says what works. Both are held to the server.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readConfiguration } from "../../src/server/configuration.ts";
import { extensions } from "../../src/server/extensions.ts";
import { Romeo } from "../support/romeo.ts";
import { TestServer } from "../support/server.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, word]) => word === language)
    .map(([, , text]) => text!);
}

/** Each `$ bin/tercetctl …` of the page with what stands below it, without the questions that a terminal gets. */
function shownCommands(): readonly { readonly words: readonly string[]; readonly output: string }[] {
  return blocks("console").flatMap((block) =>
    block
      .split(/^\$ /m)
      .filter((part) => part.startsWith("bin/tercetctl "))
      .map((part) => {
        const [command = "", ...lines] = part.split("\n");
        const output = lines.filter((line) => !/^(?:Password for .*|Once more): *$/.test(line)).join("\n");
        return { words: command.split(" ").slice(1), output };
      }),
  );
}

test("the commands of README print what it shows", async () => {
  const server = await TestServer.start({ hosts: ["localhost"] });
  try {
    const commands = shownCommands();
    assert.ok(commands.length >= 3);
    const [first, ...others] = commands;
    assert.deepEqual(await server.command(...first!.words, "secret"), {
      out: first!.output,
      err: "",
      exit: 0,
    });
    await server.register("bob");
    const clients = [await Romeo.login(server, "alice"), await Romeo.login(server, "bob")];
    for (const { words, output } of others) {
      assert.deepEqual(await server.command(...words), { out: output, err: "", exit: 0 }, words.join(" "));
    }
    for (const client of clients) await client.close();
  } finally {
    await server.stop();
  }
});

test("the configuration of README is one, but for the files that it names", async () => {
  const [text] = blocks("yaml");
  const folder = mkdtempSync(join(tmpdir(), "readme-"));
  try {
    const file = join(folder, "tercet.yml");
    const files = [...text!.matchAll(/\/etc\/\S+/g)].map(([path]) => path);
    writeFileSync(file, text!);
    await assert.rejects(
      readConfiguration({ file, extensions }),
      (error: { problems?: readonly string[] }) => {
        const missing = files.filter((path) =>
          error.problems?.some((line) => line.includes(`no file \`${path}\``)),
        );
        assert.deepEqual([missing, error.problems?.length], [files, files.length]);
        return true;
      },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Of streams, which are no extension. */
const STREAMS = [198];

test("README names the XEPs of the extensions and of streams, no more and no less", () => {
  const named = new Set([...readme.matchAll(/XEP-(\d{4})/g)].map(([, number]) => Number(number)));
  const loaded = new Set(extensions.flatMap(({ xeps }) => Object.keys(xeps).map(Number)));
  assert.deepEqual([...named].sort(), [...loaded, ...STREAMS].sort());
});
