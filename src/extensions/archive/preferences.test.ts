import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage } from "../../../test/support/memory-store.ts";
import { jid } from "../../../test/support/stanzas.ts";
import type { Roster, RosterService } from "../../kernel/services.ts";
import type { DocumentStore } from "../../kernel/storage.ts";
import { parseElement } from "../../xml/parse.ts";
import { serialize } from "../../xml/writer.ts";
import { ArchivePreferences, type Preferences, preferencesElement, readPreferences } from "./preferences.ts";

const ME = jid("me@h.test");
const read = (content: string, standard = "default='always'"): Preferences =>
  readPreferences(parseElement(Buffer.from(`<prefs xmlns='urn:xmpp:mam:2' ${standard}>${content}</prefs>`)));
const listed = (name: string, ...addresses: readonly string[]): string =>
  `<${name}>${addresses.map((one) => `<jid>${one}</jid>`).join("")}</${name}>`;

test("what clients write, and what they get", () => {
  const prefs = read(listed("always", "A@h.test", "a@h.test/r", "a@h.test") + listed("never", " b@h.test "));
  assert.deepEqual(prefs, {
    default: "always",
    always: ["a@h.test", "a@h.test/r"],
    never: ["b@h.test"],
  });
  assert.equal(
    serialize(preferencesElement(prefs), "urn:xmpp:mam:2"),
    `<prefs default='always'>${listed("always", "a@h.test", "a@h.test/r")}${listed("never", "b@h.test")}</prefs>`,
  );
  assert.deepEqual(read("", "default='roster'"), { default: "roster", always: [], never: [] });
  assert.equal(
    serialize(preferencesElement(read("", "default='never'")), "urn:xmpp:mam:2"),
    "<prefs default='never'><always/><never/></prefs>",
  );
});

test("what cannot be meant", () => {
  for (const standard of ["", "default=''", "default='sometimes'", "default='__proto__'"])
    assert.throws(() => read("", standard), { condition: "bad-request" }, standard);
  for (const address of ["", "a@", "@h.test", "a b@h.test"])
    assert.throws(() => read(listed("never", address)), { condition: "bad-request" }, address);
  const many = Array.from({ length: 1001 }, (_one, n) => `u${n}@h.test`);
  assert.throws(() => read(listed("never", ...many)), { condition: "policy-violation" });
});

interface Fixture {
  readonly preferences: ArchivePreferences;
  readonly store: DocumentStore<Preferences>;
  reads: number;
}

/** Of an account with one contact. */
function fixture(standard: Preferences["default"] = "always"): Fixture {
  const storage = memoryStorage();
  const store = storage.document<Preferences>("preferences");
  const { get } = store;
  const made = { store, reads: 0 };
  store.get = (owner) => {
    made.reads++;
    return get.call(store, owner);
  };
  const contacts = { get: (contact) => (contact.toString() === "friend@h.test" ? {} : undefined) } as Roster;
  const roster = { of: async () => contacts } as unknown as RosterService;
  const preferences = new ArchivePreferences(
    store,
    (batch) => storage.commit(batch),
    roster,
    () => standard,
  );
  return Object.assign(made, { preferences });
}

test("the default, the lists, and which of them knows better", async () => {
  const { preferences } = fixture();
  const set = (prefs: Partial<Preferences>): Promise<void> =>
    preferences.set(ME, { default: "always", always: [], never: [], ...prefs });
  const wants = async (address: string): Promise<boolean> => preferences.wants(ME, jid(address));
  assert.equal(await wants("a@h.test"), true);
  await set({ default: "never", always: ["a@h.test", "room@h.test/nick"] });
  assert.equal(await wants("a@h.test/r"), true);
  assert.equal(await wants("b@h.test/r"), false);
  assert.equal(await wants("room@h.test/nick"), true);
  assert.equal(await wants("room@h.test/other"), false);
  assert.equal(await wants("room@h.test"), false);
  await set({ never: ["a@h.test", "b@h.test/r"], always: ["a@h.test", "a@h.test/r", "b@h.test"] });
  assert.equal(await wants("a@h.test"), false);
  assert.equal(await wants("a@h.test/r"), true);
  assert.equal(await wants("b@h.test/r"), false);
  assert.equal(await wants("b@h.test/s"), true);
  await set({ default: "roster", always: ["a@h.test"] });
  assert.equal(await wants("friend@h.test/r"), true);
  assert.equal(await wants("stranger@h.test/r"), false);
  assert.equal(await wants("a@h.test"), true);
});

test("what an account never said is what the configuration says", async () => {
  assert.equal(await fixture("never").preferences.wants(ME, jid("friend@h.test")), false);
  assert.equal(await fixture("roster").preferences.wants(ME, jid("friend@h.test")), true);
});

test("they are read once, and then there is nothing to wait for", async () => {
  const made = fixture();
  assert.equal(await made.preferences.wants(ME, jid("a@h.test")), true);
  assert.equal(made.preferences.wants(ME, jid("a@h.test")), true);
  await made.preferences.set(ME, { default: "never", always: [], never: [] });
  assert.equal(made.preferences.wants(ME, jid("a@h.test")), false);
  assert.equal(made.reads, 1);
});

test("what is set or removed while they are read holds", async () => {
  const { preferences, store } = fixture();
  const early = preferences.wants(ME, jid("a@h.test"));
  preferences.clear(ME);
  assert.equal(await early, true);
  const first = fixture();
  await first.preferences.set(ME, { default: "never", always: [], never: [] });
  const second = fixture();
  second.store.get = () => first.store.get(ME);
  const reading = second.preferences.wants(ME, jid("a@h.test"));
  second.preferences.clear(ME);
  assert.equal(await reading, true);
  assert.equal(second.preferences.wants(ME, jid("a@h.test")), true);
  assert.equal(await store.get(ME), undefined);
});
