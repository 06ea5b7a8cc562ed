import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { listening } from "../../test/support/listening.ts";
import { silentLog } from "../../test/support/silent-log.ts";
import { ListenError } from "../net/listen-error.ts";
import { Listeners } from "./listeners.ts";

type Context = Parameters<typeof listening>[0];

async function listeners(t: Context): Promise<Listeners> {
  const { world, contexts, admission: limits } = await listening(t);
  const common = { world, contexts, limits, log: silentLog(), accept: () => {} };
  const made = new Listeners(common, { limits, hand: () => {} }, 15_000);
  t.after(() => made.close());
  return made;
}

const OPEN = { access: "all", shaper: undefined };

const everywhere = [
  { address: "0.0.0.0", optional: false },
  { address: "::", optional: true },
];

test("a service has one port on all its addresses, of IPv4 and IPv6 apart", async (t) => {
  const open = await (await listeners(t)).open([
    { ...OPEN, service: "client", port: 0, addresses: everywhere },
  ]);
  assert.equal(open[0]?.address, "0.0.0.0");
  assert.equal(new Set(open.map(({ port }) => port)).size, 1);
});

test("an address that this machine does not have keeps nothing from starting where it is optional", async (t) => {
  const missing = { address: "192.0.2.77", optional: true };
  const here = { address: "127.0.0.1", optional: false };
  const service = "client";
  const open = await (await listeners(t)).open([{ ...OPEN, service, port: 0, addresses: [missing, here] }]);
  assert.deepEqual(
    open.map(({ address }) => address),
    ["127.0.0.1"],
  );
  const needed = { ...missing, optional: false };
  await assert.rejects(
    (await listeners(t)).open([{ ...OPEN, service, port: 0, addresses: [needed] }]),
    ListenError,
  );
});

test("all ports are open or none", async (t) => {
  const busy = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => busy.once("listening", resolve));
  t.after(() => busy.close());
  const { port } = busy.address() as { port: number };
  const addresses = [{ address: "127.0.0.1", optional: false }];
  const other = await listeners(t);
  const [first] = await other.open([{ ...OPEN, service: "client", port: 0, addresses }]);
  await other.close();
  const some = await listeners(t);
  const settings = [
    { ...OPEN, service: "client", port: first!.port, addresses },
    { ...OPEN, service: "client-tls", port, addresses },
  ] as const;
  await assert.rejects(some.open(settings), ListenError);
  assert.equal((await some.open(settings.slice(0, 1))).length, 1);
});

test("what is closed stays closed, whatever is configured", async (t) => {
  const some = await listeners(t);
  const addresses = [{ address: "127.0.0.1", optional: false }];
  const settings = (["client", "client-tls", "http"] as const).map((service) => {
    return { ...OPEN, service, port: 0, addresses };
  });
  await some.open(settings);
  await some.closeForClients();
  (await some.prepare(settings, 15_000)).finish();
  assert.deepEqual(
    some.ports.map(({ service }) => service),
    ["http"],
  );
  const late = await some.prepare(settings, 15_000);
  await some.close();
  late.finish();
  assert.deepEqual(some.ports, []);
});
