import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { RawStream } from "../support/raw-stream.ts";
import { chat, reload } from "../support/reloading.ts";
import { child, condition, Romeo } from "../support/romeo.ts";
import { story, TestServer } from "../support/server.ts";

story("a host comes and goes while the server runs", { accounts: ["romeo"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  server.configure({ hosts: ["h.test", "other.test"] });
  assert.match(await reload(server), /^tercet\.yml:1:1: Clients will not trust .* of h\.test, other\.test\./);
  assert.equal((await server.command("registered_vhosts")).out, "h.test\nother.test\n");
  await server.register("juliet", "secret", "other.test");
  const juliet = await Romeo.login(server, "juliet", { host: "other.test" });
  await chat(romeo, juliet, "welcome");
  await chat(juliet, romeo, "thanks");
  const half = await RawStream.connectTls(server.tlsPort, "other.test");
  await half.open();
  await half.next();
  const early = await RawStream.connectTls(server.tlsPort, "other.test");
  server.configure({ hosts: ["h.test"] });
  const { out } = await server.command("config_diff");
  assert.deepEqual(out.replaceAll(`${server.directory}/`, "").split("\n"), [
    "tercet.yml against the running server:",
    'hosts: ["h.test","other.test"] becomes ["h.test"], at once',
    "1 session lives on, 1 session of removed hosts ends",
    "",
  ]);
  await reload(server);
  assert.equal(condition(await juliet.expect("error")), "host-gone");
  assert.equal(condition(await half.find(({ name }) => name === "error", "the end")), "host-gone");
  await early.open();
  assert.equal(condition(await early.find(({ name }) => name === "error", "the end")), "host-unknown");
  early.destroy();
  romeo.send("<message to='juliet@other.test' id='m'><body>gone?</body></message>");
  assert.equal(
    condition(await romeo.expect("message", { id: "m", type: "error" })),
    "remote-server-not-found",
  );
  // What was there is there again.
  server.configure({ hosts: ["h.test", "other.test"] });
  await reload(server);
  await (await Romeo.login(server, "juliet", { host: "other.test" })).close();
});

const perHost = `
access_rules: {nobody: [], pupils: {allow: {user_glob: "pupil*"}}}
host_config:
  other.test:
    access: pupils
    extensions: {register: {access: all}}
extensions: {register: {access: none}}
`;

story(
  "what is said for one host holds for it alone",
  { hosts: ["h.test", "other.test"], accounts: ["romeo"], configuration: perHost },
  async (server) => {
    const offer = async (host: string): Promise<boolean> => {
      const stream = await RawStream.connectTls(server.tlsPort, host);
      await stream.open();
      const features = await stream.next();
      stream.destroy();
      return child(features, "register", "http://jabber.org/features/iq-register") !== undefined;
    };
    assert.deepEqual([await offer("h.test"), await offer("other.test")], [false, true]);
    await (await Romeo.login(server, "romeo")).close();
    await server.register("pupil1", "secret", "other.test");
    await server.register("stranger", "secret", "other.test");
    await (await Romeo.login(server, "pupil1", { host: "other.test" })).close();
    await assert.rejects(
      Romeo.login(server, "stranger", { host: "other.test" }),
      /not-allowed|service policy/,
    );
    server.configure({ configuration: "" });
    assert.equal(await reload(server), "");
    assert.deepEqual([await offer("h.test"), await offer("other.test")], [true, true]);
  },
);

test("an editor that comes too late, or with something wrong, leaves file and server as they are", async () => {
  const server = await TestServer.start({
    accounts: ["romeo"],
    configuration: "# as we like it\nadmins: [romeo@h.test]\n",
  });
  try {
    const { configuration } = server.running;
    const { text: before, version } = await configuration.read();
    const better = before.replace("romeo@h.test]", "romeo@h.test, juliet@h.test]");
    await assert.rejects(
      configuration.change(better.replace("admins", "admin"), version),
      /There is no option `admin`/,
    );
    await assert.rejects(
      configuration.change(before.replace("storage: memory", "storage: sqlite"), version),
      /only when the server starts/,
    );
    assert.equal(readFileSync(server.file, "utf8"), before);
    const plan = await configuration.plan(better);
    assert.deepEqual(plan.changes, [
      { option: "admins", from: ["romeo@h.test"], to: ["romeo@h.test", "juliet@h.test"], effect: "now" },
    ]);
    await configuration.change(better, version);
    assert.equal(readFileSync(server.file, "utf8"), better);
    await assert.rejects(configuration.change(before, version), /has been changed meanwhile/);
    assert.deepEqual((await configuration.plan()).changes, [], "the file is what runs");
    // What was in the editor does not stand in the way of what the file says next.
    writeFileSync(server.file, before);
    assert.equal(await reload(server), "");
    assert.equal((await configuration.read()).text, before);
  } finally {
    await server.stop();
  }
});
