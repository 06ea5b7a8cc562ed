// C12: whether the time of an answer tells if there is such a user.
import { RawStream } from "../support/raw-stream.ts";
import { text } from "../support/romeo.ts";
import { fromBase64, ScramClient, toBase64 } from "../support/scram-client.ts";
import type { Arena } from "./arena.ts";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

/** Milliseconds of answers to somebody who is there and to somebody who is not. */
export interface Samples {
  readonly there: number[];
  readonly missing: number[];
}

async function timed(stream: RawStream, xml: string): Promise<{ milliseconds: number; answer: string }> {
  const started = performance.now();
  stream.write(xml);
  const element = await stream.next();
  return { milliseconds: performance.now() - started, answer: text(element) };
}

/** A wrong password by PLAIN, or by SCRAM: the sum of both answers. */
async function guess(arena: Arena, mechanism: "PLAIN" | "SCRAM-SHA-256", username: string): Promise<number> {
  const stream = await RawStream.connectTls(arena.server.tlsPort, arena.server.host);
  try {
    await stream.open();
    await stream.next();
    const auth = (data: string): string =>
      `<auth xmlns='${SASL}' mechanism='${mechanism}'>${toBase64(data)}</auth>`;
    if (mechanism === "PLAIN") return (await timed(stream, auth(`\0${username}\0wrong`))).milliseconds;
    const scram = new ScramClient({ hash: "SHA-256", username, password: "wrong" });
    const first = await timed(stream, auth(scram.first()));
    const final = toBase64(scram.final(fromBase64(first.answer)));
    const last = await timed(stream, `<response xmlns='${SASL}'>${final}</response>`);
    return first.milliseconds + last.milliseconds;
  } finally {
    stream.destroy();
    // No guess waits for the ones before it.
    arena.world.leap(60_000);
  }
}

/** `count` guesses of each kind, in an order that chance decides. */
export async function guesses(
  arena: Arena,
  mechanism: "PLAIN" | "SCRAM-SHA-256",
  count: number,
): Promise<Samples> {
  const samples: Samples = { there: [], missing: [] };
  const users = Array.from({ length: 50 }, (_, index) => `user${index}`);
  await arena.ensure(...users);
  for (let round = 0; round < count; round++) {
    const user = users[round % users.length]!;
    const kinds = [
      async () => samples.there.push(await guess(arena, mechanism, user)),
      async () => samples.missing.push(await guess(arena, mechanism, `${user}x`)),
    ];
    if (arena.world.random(1)[0]! % 2 === 0) kinds.reverse();
    for (const kind of kinds) await kind();
  }
  return samples;
}

/** Mann–Whitney U, two-sided, by its normal approximation: how likely such samples are if time tells nothing. */
export function likelihood({ there, missing }: Samples): number {
  const ranked = [
    ...there.map((value) => ({ value, mine: true })),
    ...missing.map((value) => ({ value, mine: false })),
  ];
  ranked.sort((one, other) => one.value - other.value);
  const ranks = ranked.reduce((sum, { mine }, index) => sum + (mine ? index + 1 : 0), 0);
  const [n, m] = [there.length, missing.length];
  const u = ranks - (n * (n + 1)) / 2;
  const z = (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  return 2 * upperTail(Math.abs(z));
}

/** Of the normal distribution; Abramowitz and Stegun 26.2.17, five digits. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const sum =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
