import type { Benchmark, Load } from "./benchmark.ts";

/** Every stanza's `to` is parsed once. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "ASCII, full": ["juliet@capulet.example/balcony-4f2a", "romeo@montague.example/orchard-91bc"],
  "upper case": ["Juliet@Capulet.example/Balcony", "Romeo@Montague.example/Orchard"],
  "nothing ASCII": ["jürgen@bücher.example/Küche", "иван@пример.test/дом"],
};

export async function benchmarks(load: Load): Promise<readonly Benchmark[]> {
  const { Jid } = await load<typeof import("../../src/xmpp/jid.ts")>("src/xmpp/jid.ts");
  return Object.entries(TEXTS).map(([kind, texts]) => ({
    name: `address: ${kind}`,
    run(count) {
      for (let at = 0; at < count; at++) Jid.parse(texts[at & 1]!);
    },
  }));
}
