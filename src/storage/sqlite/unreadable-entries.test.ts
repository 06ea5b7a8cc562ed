import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fault, juliet, romeo, text } from "../contract/subject.ts";
import { SqliteStorage } from "./sqlite-storage.ts";

test("an entry that cannot be decoded hides no other, and a page without it is as full", async (t) => {
  const unreadable: number[] = [];
  const directory = mkdtempSync(join(tmpdir(), "tercet-unreadable-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const storage = await SqliteStorage.open(directory, {
    onUnreadable: (store, key) => unreadable.push(store === "messages" ? key : 0),
  });
  t.after(() => storage.close());
  const picky = {
    encode: text.encode,
    decode(bytes: Uint8Array): string {
      if (bytes[0] === 0xff) throw new Error("not UTF-8");
      return text.decode(bytes);
    },
  };
  const log = storage.log<string>("messages", picky);
  const cards = storage.document<string>("vcard");
  for (let key = 1; key <= 10; key++)
    await storage.commit([log.append([{ owner: romeo, with: juliet }], key, `m${key}`)]);
  await storage.commit([cards.set(romeo, "mine")]);
  const db = new DatabaseSync(join(directory, "tercet.db"));
  db.exec(
    "UPDATE \"log_messages\" SET value = x'ff' WHERE key IN (2, 3, 9); UPDATE \"document_vcard\" SET value = x'ff'",
  );
  db.close();
  const page = async (query: Parameters<typeof log.page>[1]): Promise<number[]> =>
    (await log.page(romeo, query)).map(({ key }) => key);
  assert.deepEqual(await page({ limit: 4 }), [1, 4, 5, 6]);
  assert.deepEqual(unreadable, [2, 3]);
  assert.deepEqual(await page({ limit: 4, newest: true }), [6, 7, 8, 10]);
  assert.deepEqual(await page({ limit: 4, after: 6 }), [7, 8, 10]);
  assert.deepEqual(await page({ limit: 2, after: 1, before: 4 }), []);
  assert.deepEqual(
    (await log.get(romeo, [8, 9, 10])).map(({ key }) => key),
    [8, 10],
  );
  await assert.rejects(cards.get(romeo), (error) => {
    assert.ok(fault("failed")(error));
    return /what vcard has for romeo@example.org cannot be decoded/.test(String(error));
  });
});
