import assert from "node:assert/strict";
import { test } from "node:test";
import { IpNetwork } from "./ip-network.ts";

const has = (network: string, address: string): boolean => IpNetwork.parse(network)!.has(address);

test("what is in a network", () => {
  assert.ok(has("127.0.0.0/8", "127.255.0.1"));
  assert.ok(has("127.0.0.1/8", "127.9.9.9"), "bits behind the network's own do not matter");
  assert.ok(has("10.1.2.3", "10.1.2.3"));
  assert.ok(has("192.168.16.0/20", "192.168.31.255"));
  assert.ok(has("0.0.0.0/0", "8.8.8.8"));
  assert.ok(has("2001:db8::/33", "2001:DB8:7fff::1"));
  assert.ok(has("::1", "0:0:0:0:0:0:0:1"));
  assert.ok(has("10.0.0.0/8", "::ffff:10.1.2.3"), "IPv4 within IPv6");
  assert.ok(has("fe80::/10", "fe80::1%eth0"));
  assert.ok(has("64:ff9b::192.0.2.1", "64:ff9b::c000:201"));
});

test("what is not", () => {
  assert.ok(!has("127.0.0.0/8", "128.0.0.1"));
  assert.ok(!has("10.1.2.3", "10.1.2.4"));
  assert.ok(!has("192.168.16.0/20", "192.168.32.0"));
  assert.ok(!has("2001:db8::/33", "2001:db8:8000::1"));
  assert.ok(!has("0.0.0.0/0", "2001:db8::1"));
  assert.ok(!has("::/0", "1.2.3.4"));
  assert.ok(!has("::/0", "nobody"));
});

test("what is no network", () => {
  const wrong = [
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4/33",
    "1.2.3.4/",
    "1.2.3.4/8/8",
    "1.2.3.4/-1",
    "::/129",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::",
    "example.org",
    "1.2.3.4:5::",
  ];
  assert.deepEqual(
    wrong.filter((text) => IpNetwork.parse(text) !== undefined),
    [],
  );
});
