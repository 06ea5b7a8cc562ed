/** What addresses cost: `node bench/jid.ts`. Every stanza's `to` is parsed once. */
import { Jid } from "../src/xmpp/jid.ts";

const ROUNDS = 1_000_000;

const texts: Readonly<Record<string, readonly string[]>> = {
  "ASCII, full": ["juliet@capulet.example/balcony-4f2a", "romeo@montague.example/orchard-91bc"],
  "ASCII, bare": ["juliet@capulet.example", "romeo@montague.example"],
  "ASCII, domain": ["conference.capulet.example", "pubsub.montague.example"],
  "ASCII, upper case": ["Juliet@Capulet.example/Balcony", "Romeo@Montague.example/Orchard"],
  "resourcepart not ASCII": ["room@conference.example/Jürgen", "room@conference.example/Zoë ♚"],
  "nothing ASCII": ["jürgen@bücher.example/Küche", "иван@пример.test/дом"],
  refused: ["a@b@c", "juliet@capulet.example/"],
};

function measure(label: string, samples: readonly string[], work: (jid: Jid | undefined) => void): void {
  const rounds = /not|nothing|upper/.test(label) ? ROUNDS / 10 : ROUNDS;
  let best = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < 5; pass++) {
    const start = process.hrtime.bigint();
    for (let round = 0; round < rounds; round++) work(Jid.parse(samples[round & 1]!));
    best = Math.min(best, Number(process.hrtime.bigint() - start) / rounds);
  }
  console.log(`${label.padEnd(42)} ${best.toFixed(0).padStart(6)} ns`);
}

let characters = 0;
for (const [label, samples] of Object.entries(texts)) {
  measure(`parse: ${label}`, samples, (jid) => {
    characters += jid === undefined ? 0 : jid.domain.length;
  });
}
measure("parse and bare.toString(): ASCII, full", texts["ASCII, full"]!, (jid) => {
  characters += jid!.bare.toString().length;
});
if (characters === 0) throw new Error("nothing was parsed");
