import type { SaslAuthentication } from "../../src/auth/authentication.ts";
import type { ScramHash } from "../../src/auth/primitives.ts";
import type { SaslChannel, SaslExchange, SaslStep } from "../../src/kernel/authentication.ts";
import type { Jid } from "../../src/xmpp/jid.ts";
import { type AuthFixture, type AuthFixtureOptions, authFixture, saslChannel } from "./auth-fixture.ts";
import { ScramClient, type ScramClientOptions } from "./scram-client.ts";
import { jid } from "./stanzas.ts";

export const alice: Jid = jid("alice@h.test");
/** Every mechanism, strongest first. */
export const EVERY: readonly string[] = [
  "SCRAM-SHA-512-PLUS",
  "SCRAM-SHA-256-PLUS",
  "SCRAM-SHA-1-PLUS",
  "SCRAM-SHA-512",
  "SCRAM-SHA-256",
  "SCRAM-SHA-1",
  "PLAIN",
];

/** The condition of a failure, else the kind of step. */
export function outcome(step: SaslStep): string {
  return step.kind === "failure" ? step.condition : step.kind;
}

export async function withAlice(options: AuthFixtureOptions = {}): Promise<AuthFixture> {
  const fixture = authFixture(options);
  await fixture.accounts.create(alice, "secret");
  return fixture;
}

export async function logIn(
  { authentication }: AuthFixture,
  client: ScramClient,
  options: { readonly channel?: SaslChannel; readonly change?: (final: string) => string } = {},
): Promise<SaslStep> {
  const change = options.change ?? ((final) => final);
  return converse(authentication, options.channel ?? saslChannel(), client.mechanism, [
    () => client.first(),
    (challenge) => change(client.final(challenge)),
  ]);
}

export function clientOf(parts: Partial<ScramClientOptions> = {}): ScramClient {
  return new ScramClient({ hash: "SHA-256", username: "alice", password: "secret", ...parts });
}

export async function plain(
  { authentication }: AuthFixture,
  message: string,
  channel: SaslChannel = saslChannel(),
): Promise<SaslStep> {
  return converse(authentication, channel, "PLAIN", [() => message]);
}

/** What the server adds to the client's nonce, and the attributes behind it. */
export interface FirstAnswer {
  readonly nonce: string;
  readonly rest: string;
}

/** The first challenge of SCRAM for a name. */
export async function firstAnswer(fixture: AuthFixture, name: string, hash: ScramHash): Promise<FirstAnswer> {
  const step = await converse(fixture.authentication, saslChannel(), `SCRAM-${hash}`, [
    () => `n,,n=${name},r=abc`,
  ]);
  const text = step.kind === "challenge" ? Buffer.from(step.data, "base64").toString() : outcome(step);
  const [nonce = "", ...rest] = text.split(",");
  return { nonce: nonce.slice("r=abc".length), rest: rest.join() };
}

/** Sends text after text, base64 around each, and gives the last answer; stops at a failure or success. */
export async function converse(
  authentication: SaslAuthentication,
  channel: SaslChannel,
  mechanism: string,
  messages: readonly ((challenge: string) => string)[],
): Promise<SaslStep> {
  let exchange: SaslExchange | undefined;
  let step: SaslStep | undefined;
  for (const message of messages) {
    const challenge = step?.kind === "challenge" ? Buffer.from(step.data, "base64").toString() : "";
    const data = Buffer.from(message(challenge)).toString("base64");
    if (exchange === undefined) {
      const begun = authentication.begin(channel, mechanism, data);
      exchange = begun.exchange;
      step = await begun.step;
    } else step = await exchange.step(data);
    if (step.kind !== "challenge") return step;
  }
  return step!;
}
