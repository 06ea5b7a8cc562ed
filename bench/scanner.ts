// What one stanza costs in the XML layer: `node bench/scanner.ts [passes]`. Prints the median and the best
// pass in µs per stanza; on a busy machine the best one counts.

import type { Frame } from "../src/xml/frame.ts";
import { beforeLogin, clientSession } from "../src/xml/limits.ts";
import { Scanner, Workspaces } from "../src/xml/scanner.ts";
import { serialize } from "../src/xml/writer.ts";

const HEADER =
  "<?xml version='1.0'?><stream:stream to='example.org' version='1.0' xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

const CHAT =
  "<message to='romeo@montague.example/orchard' from='juliet@capulet.example/balcony' type='chat' id='5b1cd2f0-8f6e-4b7a-9a37-0d4f4a1f6f3e'>" +
  "<body>Wherefore art thou, Romeo? Deny thy father and refuse thy name.</body>" +
  "<active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>" +
  "<origin-id xmlns='urn:xmpp:sid:0' id='5b1cd2f0-8f6e-4b7a-9a37-0d4f4a1f6f'/></message>";

const MIXED = [
  CHAT,
  "<message to='romeo@montague.example' type='chat' id='m1'><composing xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>",
  "<presence><show>away</show><status>Schöne Grüße &amp; bis später</status><priority>5</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://client.example/' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>",
  "<iq type='get' id='p1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>",
  "<message to='coven@chat.example' type='groupchat' id='m2'><body>Доброе утро, &lt;коллеги&gt;! 👋</body><markable xmlns='urn:xmpp:chat-markers:0'/></message>",
  "<iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='nurse@capulet.example' name='Nurse'><group>Servants</group><group>Verona</group></item></query></iq>",
  "<iq type='result' id='d1' to='example.org'><query xmlns='http://jabber.org/protocol/disco#info' node='http://client.example/#QgayPKawpkPSDYmwT/WM94uAlu0='><identity category='client' type='pc' name='Client'/><feature var='urn:xmpp:ping'/><feature var='jabber:iq:version'/><feature var='http://jabber.org/protocol/disco#info'/></query></iq>",
];

type Use = (frame: Frame) => unknown;

const USES: Readonly<Record<string, Use>> = {
  "frame and validate": () => undefined,
  "… to, type, id": (frame) => [frame.attribute("to"), frame.attribute("type"), frame.attribute("id")],
  "… children": (frame) => frame.children,
  "… tree": (frame) => frame.element(),
  "… tree, serialised": (frame) => serialize(frame.element(), "jabber:client"),
};

/** A receive buffer full of stanzas, and how many there are. */
function load(stanzas: readonly string[]): { chunk: Buffer; count: number } {
  const list: string[] = [];
  let bytes = 0;
  for (let k = 0; bytes < 60_000; k++) {
    const stanza = stanzas[k % stanzas.length]!;
    list.push(stanza);
    bytes += Buffer.byteLength(stanza);
  }
  return { chunk: Buffer.from(list.join("")), count: list.length };
}

let sink: unknown;

function pass(scanner: Scanner, chunk: Buffer, count: number, use: Use): number {
  const rounds = Math.ceil(2_000 / count);
  const before = process.hrtime.bigint();
  for (let round = 0; round < rounds; round++) {
    scanner.push(chunk);
    for (let event = scanner.next(); event !== undefined; event = scanner.next()) {
      if (event.kind === "element") sink = use(event.frame);
    }
  }
  return Number(process.hrtime.bigint() - before) / 1000 / (rounds * count);
}

function openedScanner(): Scanner {
  const scanner = new Scanner(beforeLogin, new Workspaces());
  scanner.push(Buffer.from(HEADER));
  scanner.next();
  scanner.setLimits(clientSession);
  return scanner;
}

function main(passes: number): void {
  console.log(`chat ${Buffer.byteLength(CHAT)} bytes, µs per stanza, median (best) of ${passes}`);
  for (const [name, use] of Object.entries(USES)) {
    const cells = [["chat", [CHAT]] as const, ["mixed", MIXED] as const].map(([kind, stanzas]) => {
      const { chunk, count } = load(stanzas);
      const scanner = openedScanner();
      for (let warm = 0; warm < 10; warm++) pass(scanner, chunk, count, use);
      const times = Array.from({ length: passes }, () => pass(scanner, chunk, count, use)).sort(
        (a, b) => a - b,
      );
      return `${kind} ${times[passes >> 1]!.toFixed(2)} (${times[0]!.toFixed(2)})`;
    });
    console.log(`${name.padEnd(20)} ${cells.join("   ")}`);
  }
  if (sink === main) console.log("unreachable");
}

main(Number(process.argv[2] ?? 101));
