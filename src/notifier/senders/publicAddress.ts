import { BlockList, isIP } from "node:net";

/**
 * What the public internet doesn't route to, or routes to somewhere else than it says (IANA special-purpose address
 * registries, RFC 6890 and later). IPv4 written as IPv6 (::ffff:0:0/96) is judged as IPv4 by `BlockList` itself.
 */
const notPublic: readonly (readonly [network: string, prefix: number, family: "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"], // this network
  ["10.0.0.0", 8, "ipv4"], // private
  ["100.64.0.0", 10, "ipv4"], // carrier-grade NAT
  ["127.0.0.0", 8, "ipv4"], // loopback
  ["169.254.0.0", 16, "ipv4"], // link-local, where clouds keep their secrets
  ["172.16.0.0", 12, "ipv4"], // private
  ["192.0.0.0", 24, "ipv4"], // protocol assignments
  ["192.0.2.0", 24, "ipv4"], // documentation
  ["192.88.99.0", 24, "ipv4"], // 6to4 relays
  ["192.168.0.0", 16, "ipv4"], // private
  ["198.18.0.0", 15, "ipv4"], // benchmarks
  ["198.51.100.0", 24, "ipv4"], // documentation
  ["203.0.113.0", 24, "ipv4"], // documentation
  ["224.0.0.0", 4, "ipv4"], // multicast
  ["240.0.0.0", 4, "ipv4"], // reserved, broadcast
  ["::", 127, "ipv6"], // unspecified, loopback
  ["::ffff:0:0:0", 96, "ipv6"], // IPv4-translated: an IPv4 address in disguise
  ["64:ff9b::", 96, "ipv6"], // NAT64: an IPv4 address in disguise
  ["64:ff9b:1::", 48, "ipv6"], // local NAT64
  ["100::", 64, "ipv6"], // discard
  ["2001::", 23, "ipv6"], // protocol assignments, Teredo
  ["2001:db8::", 32, "ipv6"], // documentation
  ["2002::", 16, "ipv6"], // 6to4: an IPv4 address in disguise
  ["3fff::", 20, "ipv6"], // documentation
  ["5f00::", 16, "ipv6"], // segment routing
  ["fc00::", 7, "ipv6"], // unique local
  ["fe80::", 10, "ipv6"], // link-local
  ["fec0::", 10, "ipv6"], // site-local
  ["ff00::", 8, "ipv6"], // multicast
];

const blocked = new BlockList();
for (const [network, prefix, family] of notPublic) blocked.addSubnet(network, prefix, family);
// ::a.b.c.d, which nothing uses any more but some machines still connect to as IPv4
const compatible = new BlockList();
compatible.addSubnet("::", 96, "ipv6");

/** Whether anybody on the internet could be meant by an IP address; false for what is none. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, "");
  const version = isIP(bare);
  if (version === 4) return !blocked.check(bare, "ipv4");
  if (version !== 6) return false;
  return !blocked.check(bare, "ipv6") && !compatible.check(bare, "ipv6");
}
