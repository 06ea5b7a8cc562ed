import { type Benchmark, CHAT, type Load } from "./benchmark.ts";

export async function benchmarks(load: Load): Promise<readonly Benchmark[]> {
  const { Jid } = await load<typeof import("../../src/xmpp/jid.ts")>("src/xmpp/jid.ts");
  const { Stanza } = await load<typeof import("../../src/xmpp/stanza.ts")>("src/xmpp/stanza.ts");
  const { parseFrame } = await load<typeof import("../../src/xml/parse.ts")>("src/xml/parse.ts");
  const { ArchiveIds } = await load<typeof import("../../src/routing/archive-ids.ts")>(
    "src/routing/archive-ids.ts",
  );
  const from = Jid.parse("juliet@capulet.example/balcony")!;
  const account = Jid.parse("romeo@montague.example")!;
  const bytes = Buffer.from(CHAT);
  const frame = parseFrame(bytes, "jabber:client");
  const ids = new ArchiveIds();
  ids.use(account.domain, Buffer.alloc(16, 1));
  let key = 1_700_000_000_000_000;
  return [
    {
      name: "stanza: from a frame and written",
      run(count) {
        for (let at = 0; at < count; at++) Stanza.fromFrame(frame, from, "en").bytes();
      },
    },
    {
      name: "stanza: as a delivered message with its archive id",
      run(count) {
        for (let at = 0; at < count; at++) {
          const stanza = Stanza.fromFrame(frame, from, "en");
          stanza.bytes();
          ids.stamp(stanza, account, key++).bytes();
        }
      },
    },
    {
      name: "stanza: read from the store",
      run(count) {
        for (let at = 0; at < count; at++) Stanza.decode(bytes);
      },
    },
  ];
}
