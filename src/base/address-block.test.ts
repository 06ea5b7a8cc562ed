import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBlock } from "./address-block.ts";

test("an IPv4 address stands for itself, an IPv6 address for its /64", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["2001:db8:0:7::1", "2001:db8:0:7::/64"],
    ["2001:DB8::7:1:2:3:4", "2001:db8:0:7::/64"],
    ["2001:0db8:0000:0007:ffff::", "2001:db8:0:7::/64"],
    ["2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
  ];
  for (const [address, block] of cases) assert.equal(addressBlock(address), block, address);
  assert.notEqual(addressBlock("2001:db8:0:7::1"), addressBlock("2001:db8:0:8::1"));
});
