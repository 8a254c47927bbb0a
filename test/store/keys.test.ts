import { expect, test } from "vitest";
import { marketsKey, symbolKeys } from "../../src/store/keys.ts";

// Redis Cluster hashes what stands in the first pair of braces
const hashTag = (key: string): string | undefined => /\{(?<tag>[^}]+)\}/.exec(key)?.groups?.["tag"];

test("all keys of a symbol lie in one slot of a cluster", () => {
  const tags = Object.values(symbolKeys("BTC")).map((key: string) => hashTag(key));
  expect(new Set(tags)).toEqual(new Set(["BTC"]));
});

test("no two keys of a symbol are the same, nor one the beginning of another", () => {
  const keys: readonly string[] = Object.values(symbolKeys("BTC"));
  for (const key of keys) expect(keys.filter((other) => other.startsWith(key))).toEqual([key]);
});

test.each(["", "btc", "BTC}x", "{A}", "A B", "A".repeat(21)])(
  "%j is no symbol and makes no keys",
  (symbol) => {
    expect(() => symbolKeys(symbol)).toThrow("not a symbol");
  },
);

test("a venue's keys lie in the venue's own slot", () => {
  expect(hashTag(marketsKey("bybit"))).toBe("venue:bybit");
  expect(() => marketsKey("by}bit")).toThrow("not a venue");
});
