import { child, text } from "../support/romeo.ts";
import type { Archived } from "./ledger.ts";
import { PlainClient } from "./plain-client.ts";

const MAM = "urn:xmpp:mam:2";
const RSM = "http://jabber.org/protocol/rsm";
const PAGE = 100;

/** What stands in the archive of a user since a moment (XEP-0313), in order. */
export async function archived(port: number, user: string, since: Date): Promise<readonly Archived[]> {
  const client = await PlainClient.login(port, user, "reader", "");
  const found: Archived[] = [];
  const field = (name: string, value: string): string =>
    `<field var='${name}'><value>${value}</value></field>`;
  const form = `<x xmlns='jabber:x:data' type='submit'>${field("FORM_TYPE", MAM)}${field("start", since.toISOString())}</x>`;
  for (let after = ""; ; ) {
    const set = `<set xmlns='${RSM}'><max>${PAGE}</max>${after}</set>`;
    const answer = await client.ask("set", `<query xmlns='${MAM}'>${form}${set}</query>`);
    const fin = child(answer, "fin");
    if (fin === undefined) throw new Error(`the archive does not answer: ${JSON.stringify(answer)}`);
    for (const one of client.stream.takeAll()) {
      const result = child(one, "result", MAM);
      const message = result === undefined ? undefined : child(child(result, "forwarded")!, "message");
      if (message === undefined) continue;
      const { id = "", from = "", to = "" } = message.attributes;
      const local = (address: string): string => address.slice(0, address.indexOf("@"));
      found.push({ id, from: local(from), to: local(to), stanzaId: result!.attributes["id"]! });
    }
    if (fin.attributes["complete"] === "true") break;
    after = `<after>${text(child(child(fin, "set")!, "last"))}</after>`;
  }
  await client.close();
  return found;
}
