// A client in a process of its own, for tests that stop it: node client-process.ts PORT USER RESOURCE [managed]
// Prints "ready" once it is available, and the id of each message that comes. With `managed` it answers every request for acknowledgement.

import { bind } from "../support/romeo.ts";
import { Chance } from "./chance.ts";
import { Ledger } from "./ledger.ts";
import { Management } from "./management.ts";
import { plainLogin } from "./plain-client.ts";

const [port = "", name = "", resource = "", mode = ""] = process.argv.slice(2);
const stream = await plainLogin(Number(port), name);
await bind(stream, resource);
const management = new Management({ name, ledger: new Ledger(""), chance: new Chance(1) });
if (mode === "managed") await management.enable(stream);
stream.write("<presence/>");
for (;;) {
  const stanza = await stream.next();
  if (mode === "managed") management.take(stanza, stream);
  const { id, type } = stanza.attributes;
  if (stanza.name === "message") console.log(id);
  if (stanza.name === "iq" && type === "get") stream.write(`<iq type='result' id='${id}'/>`);
  if (stanza.name === "presence") console.log("ready");
}
