import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../src/notifier/publicAddress.ts";

describe("whether an address is on the public internet", () => {
  it.each([
    ["1.1.1.1"],
    ["8.8.8.8"],
    ["172.15.255.255"],
    ["172.32.0.0"],
    ["100.63.255.255"],
    ["100.128.0.0"],
    ["192.167.255.255"],
    ["2606:4700:4700::1111"],
    ["::ffff:8.8.8.8"],
  ])("%s is", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ["loopback", "127.0.0.1"],
    ["all of loopback", "127.255.255.254"],
    ["this network", "0.0.0.0"],
    ["private 10/8", "10.1.2.3"],
    ["private 172.16/12", "172.31.255.255"],
    ["private 192.168/16", "192.168.0.1"],
    ["link-local, the clouds' metadata", "169.254.169.254"],
    ["carrier-grade NAT", "100.64.0.1"],
    ["benchmarks", "198.19.0.1"],
    ["multicast", "224.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["IPv6 loopback", "::1"],
    ["IPv6 unspecified", "::"],
    ["unique local", "fd12:3456::1"],
    ["IPv6 link-local", "fe80::1"],
    ["IPv6 link-local with its interface", "fe80::1%eth0"],
    ["IPv4 mapped, private", "::ffff:10.0.0.1"],
    ["IPv4 mapped in hex", "::ffff:7f00:1"],
    ["IPv4 compatible", "::10.0.0.1"],
    ["NAT64", "64:ff9b::a00:1"],
    ["local NAT64", "64:ff9b:1::1"],
    ["6to4", "2002:7f00:1::1"],
    ["Teredo", "2001:0:1::1"],
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
