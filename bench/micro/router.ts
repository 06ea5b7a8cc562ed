import type { Stanza } from "../../src/xmpp/stanza.ts";
import type { InProcess, TestSession } from "../../test/support/in-process.ts";
import type { Benchmark, Load } from "./benchmark.ts";

const AUDIENCE = 200;

/** Through the router with all extensions, between sessions without sockets; the store keeps everything in memory. */
export async function benchmarks(load: Load): Promise<readonly Benchmark[]> {
  const fixture = await load<typeof import("../../test/support/in-process.ts")>("test/support/in-process.ts");
  const stanzas = await load<typeof import("../../test/support/stanzas.ts")>("test/support/stanzas.ts");
  const crowd = Array.from({ length: AUDIENCE }, (_, at) => `fan${at}`);
  const server = new fixture.InProcess({ accounts: ["alice", "bob", ...crowd] });
  for (const fan of crowd) await server.contact("alice@h.test", `${fan}@h.test`, "from");
  const alice = await server.login("alice@h.test/a");
  const bob = await server.login("bob@h.test/b");
  const fans: TestSession[] = [];
  for (const fan of crowd) fans.push(await server.login(`${fan}@h.test/c`));
  const read = (xml: string): Stanza => stanzas.stanza("alice@h.test/a", xml);
  return [
    {
      name: "router: iq to the server, answered",
      run: (count) =>
        rounds(server, alice, [alice], count, () =>
          read("<iq type='get' id='1' to='h.test'><ping xmlns='urn:xmpp:ping'/></iq>"),
        ),
    },
    {
      name: "router: chat, archived for both, delivered",
      run: (count) =>
        rounds(server, alice, [bob], count, () =>
          read(
            "<message to='bob@h.test/b' type='chat' id='1'><body>Wherefore art thou, Romeo?</body></message>",
          ),
        ),
    },
    {
      name: `fan-out: presence, for each of ${AUDIENCE} contacts`,
      run: (count) =>
        rounds(server, alice, fans, Math.ceil(count / AUDIENCE), () =>
          read("<presence><show>away</show></presence>"),
        ),
    },
  ];
}

/** Hands in batches of stanzas, as a turn of the loop brings them, and writes what comes out as a socket would. */
async function rounds(
  { core }: InProcess,
  sender: TestSession,
  receivers: readonly TestSession[],
  count: number,
  make: () => Stanza,
): Promise<void> {
  for (let done = 0; done < count; ) {
    for (let at = 0; at < 50 && done < count; at++, done++) core.router.receive(sender, make());
    await core.router.whenSettled(sender);
    await new Promise((resolve) => setImmediate(resolve));
    for (const receiver of receivers) for (const stanza of receiver.take()) stanza.bytes();
    sender.take();
  }
}
