import type { Frame } from "../../src/xml/frame.ts";
import { type Benchmark, CHAT, type Load } from "./benchmark.ts";

const HEADER =
  "<?xml version='1.0'?><stream:stream to='example.org' version='1.0' xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

const MIXED = [
  CHAT,
  "<message to='romeo@montague.example' type='chat' id='m1'><composing xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>",
  "<presence><show>away</show><status>Schöne Grüße &amp; bis später</status><priority>5</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://client.example/' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>",
  "<iq type='get' id='p1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>",
  "<message to='coven@chat.example' type='groupchat' id='m2'><body>Доброе утро, &lt;коллеги&gt;! 👋</body><markable xmlns='urn:xmpp:chat-markers:0'/></message>",
  "<iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='nurse@capulet.example' name='Nurse'><group>Servants</group><group>Verona</group></item></query></iq>",
  "<iq type='result' id='d1' to='example.org'><query xmlns='http://jabber.org/protocol/disco#info' node='http://client.example/#QgayPKawpkPSDYmwT/WM94uAlu0='><identity category='client' type='pc' name='Client'/><feature var='urn:xmpp:ping'/><feature var='jabber:iq:version'/><feature var='http://jabber.org/protocol/disco#info'/></query></iq>",
];

/** What arrives in one read. */
const CHUNK_BYTES = 60_000;

type Use = (frame: Frame) => unknown;

const USES: Readonly<Record<string, Use>> = {
  "framed and checked": () => undefined,
  "… its children too": (frame) => frame.children,
  "… and a tree": (frame) => frame.element(),
};

export async function benchmarks(load: Load): Promise<readonly Benchmark[]> {
  const { Scanner, Workspaces } = await load<typeof import("../../src/xml/scanner.ts")>("src/xml/scanner.ts");
  const limits = await load<typeof import("../../src/xml/limits.ts")>("src/xml/limits.ts");
  const benchmark = (kind: string, stanzas: readonly string[], what: string, use: Use): Benchmark => {
    const { chunk, count } = received(stanzas);
    const scanner = new Scanner(limits.beforeLogin, new Workspaces());
    scanner.push(Buffer.from(HEADER));
    scanner.next();
    scanner.setLimits(limits.clientSession);
    return {
      name: `${kind}: ${what}`,
      run(times) {
        for (let done = 0; done < times; done += count) {
          scanner.push(chunk);
          for (let event = scanner.next(); event !== undefined; event = scanner.next())
            if (event.kind === "element") use(event.frame);
        }
      },
    };
  };
  const kinds = { "chat of 389 bytes": [CHAT], "mixed stanzas": MIXED };
  return Object.entries(kinds).flatMap(([kind, stanzas]) =>
    Object.entries(USES).map(([what, use]) => benchmark(kind, stanzas, what, use)),
  );
}

function received(stanzas: readonly string[]): { chunk: Buffer; count: number } {
  const list: string[] = [];
  let bytes = 0;
  for (let k = 0; bytes < CHUNK_BYTES; k++) {
    const stanza = stanzas[k % stanzas.length]!;
    list.push(stanza);
    bytes += Buffer.byteLength(stanza);
  }
  return { chunk: Buffer.from(list.join("")), count: list.length };
}
