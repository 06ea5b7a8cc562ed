/**
 * What one subscriber has at least: an IPv4 address as it is, of an IPv6 address the first 64 bits (a host chooses the others freely).
 * `address` is what the kernel reports.
 */
export function addressBlock(address: string): string {
  if (!address.includes(":") || address === "::1") return address;
  const [head = "", tail] = address.replace(/%.*/, "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const behind = tail === "" ? [] : tail.split(":");
    while (groups.length + behind.length < 8) groups.push("0");
    groups.push(...behind);
  }
  const prefix = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${prefix.join(":")}::/64`;
}

/** Whether this is an address of the machine itself. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}
