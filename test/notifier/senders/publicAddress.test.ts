import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../src/notifier/senders/publicAddress.ts";

/** First and last of each network that IANA's registries of special addresses keep from the public. */
const special = [
  ["this network", "0.0.0.0", "0.255.255.255"],
  ["private 10/8", "10.0.0.0", "10.255.255.255"],
  ["carrier-grade NAT", "100.64.0.0", "100.127.255.255"],
  ["loopback", "127.0.0.0", "127.255.255.255"],
  ["link-local, with the clouds' metadata", "169.254.0.0", "169.254.255.255"],
  ["private 172.16/12", "172.16.0.0", "172.31.255.255"],
  ["protocol assignments", "192.0.0.0", "192.0.0.255"],
  ["documentation 1", "192.0.2.0", "192.0.2.255"],
  ["6to4 relays", "192.88.99.0", "192.88.99.255"],
  ["private 192.168/16", "192.168.0.0", "192.168.255.255"],
  ["benchmarks", "198.18.0.0", "198.19.255.255"],
  ["documentation 2", "198.51.100.0", "198.51.100.255"],
  ["documentation 3", "203.0.113.0", "203.0.113.255"],
  ["multicast", "224.0.0.0", "239.255.255.255"],
  ["reserved, and broadcast", "240.0.0.0", "255.255.255.255"],
  ["IPv6 unspecified and loopback", "::", "::1"],
  ["IPv4 compatible", "::2", "::ffff:ffff"],
  ["NAT64", "64:ff9b::", "64:ff9b::ffff:ffff"],
  ["local NAT64", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  ["discard", "100::", "100::ffff:ffff:ffff:ffff"],
  ["protocol assignments, Teredo", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 documentation 1", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["6to4", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 documentation 2", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["segment routing", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["unique local", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 link-local", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["site-local", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 multicast", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
] as const;

/** The last before and the first after a special network, where anybody may be. */
const beside = [
  "1.0.0.0",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "191.255.255.255",
  "192.0.1.0",
  "192.0.1.255",
  "192.0.3.0",
  "192.88.98.255",
  "192.88.100.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "198.51.99.255",
  "198.51.101.0",
  "203.0.112.255",
  "203.0.114.0",
  "223.255.255.255",
  "2001:200::",
  "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
  "2001:db9::",
  "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "2003::",
];

describe("whether an address is on the public internet", () => {
  it.each([["1.1.1.1"], ["8.8.8.8"], ["2606:4700:4700::1111"], ["::ffff:8.8.8.8"]])("%s is", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(special)("%s isn't, from %s to %s", (_network, first, last) => {
    expect([isPublicAddress(first), isPublicAddress(last)]).toEqual([false, false]);
  });

  it.each(beside)("what is beside a special network is: %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ["IPv6 link-local with its interface", "fe80::1%eth0"],
    ["IPv4 mapped, private", "::ffff:10.0.0.1"],
    ["IPv4 mapped in hex", "::ffff:7f00:1"],
    ["IPv4 compatible, written as IPv4", "::10.0.0.1"],
    ["IPv4 translated without a state", "::ffff:0:10.0.0.1"],
    ["a private address behind NAT64", "64:ff9b::a00:1"],
    ["a name", "localhost"],
    ["nothing", ""],
  ])("%s isn't (%s)", (_what, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it("judges an IPv4 address alike when it is written as IPv6", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
      }),
    );
  });
});
