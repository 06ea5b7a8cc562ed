import assert from "node:assert/strict";
import { child, Romeo, text } from "../support/romeo.ts";
import { story } from "../support/server.ts";

story("two users chat", { accounts: ["romeo", "juliet"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo", { presence: false });
  const juliet = await Romeo.login(server, "juliet", { resource: "balcony", presence: false });
  romeo.send(
    `<message to='${juliet.jid}' type='chat' id='m1'><body>Art thou &lt;not&gt; Romeo?</body></message>`,
  );
  const message = await juliet.expect("message");
  assert.equal(message.attributes["from"], romeo.jid);
  assert.equal(message.attributes["to"], juliet.jid);
  assert.equal(message.attributes["id"], "m1");
  assert.equal(text(child(message, "body")), "Art thou <not> Romeo?");
  assert.deepEqual(await romeo.sync(), []);
  await romeo.close();
  await juliet.close();
});
