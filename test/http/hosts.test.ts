import { describe, expect, test } from "vitest";
import { isOwnHost } from "../../src/http/hosts.ts";

describe("a Host header is ours", () => {
  test.each([
    ["127.0.0.1:8080", "127.0.0.1"],
    ["127.0.0.1", "127.0.0.1"],
    ["192.168.1.20:8080", "0.0.0.0"],
    ["[::1]:8080", "::1"],
    ["[::1]", "127.0.0.1"],
    ["localhost:8080", "127.0.0.1"],
    ["LOCALHOST", "127.0.0.1"],
    ["lopside.localhost:8080", "127.0.0.1"],
    ["lopside", "0.0.0.0"],
    ["my_container-1:8080", "0.0.0.0"],
    ["board.example.org", "board.example.org"],
    ["Board.Example.Org:443", "board.example.org"],
  ])("%s, listening on %s", (header, configured) => {
    expect(isOwnHost(header, configured)).toBe(true);
  });
});

describe("a Host header is a rebound name", () => {
  test.each([
    ["evil.example", "127.0.0.1"],
    ["evil.example:8080", "0.0.0.0"],
    ["127.0.0.1.evil.example", "127.0.0.1"],
    ["localhost.evil.example", "127.0.0.1"],
    ["evillocalhost.", "127.0.0.1"],
    ["evil.example.", "127.0.0.1"],
    ["[evil.example]:8080", "127.0.0.1"],
    ["evil.example@127.0.0.1", "127.0.0.1"],
    ["board.example.org.evil.example", "board.example.org"],
    ["", "127.0.0.1"],
    [undefined, "127.0.0.1"],
  ])("%s, listening on %s", (header, configured) => {
    expect(isOwnHost(header, configured)).toBe(false);
  });
});
