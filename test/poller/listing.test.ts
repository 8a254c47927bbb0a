import { describe, expect, it } from "vitest";
import { baseOf, readListings } from "../../src/poller/listing.ts";
import { Malformed } from "../../src/poller/read.ts";

describe("the coin behind a listed name", () => {
  it.each([
    ["BTC", "BTC", 1],
    ["1000PEPE", "PEPE", 1_000],
    ["10000LADYS", "LADYS", 10_000],
    ["1000000MOG", "MOG", 1_000_000],
    ["SHIB1000", "SHIB", 1_000],
    ["1MBABYDOGE", "BABYDOGE", 1_000_000],
    ["kPEPE", "PEPE", 1_000],
    ["1INCH", "1INCH", 1],
    ["KAVA", "KAVA", 1],
    ["LUNA2", "LUNA2", 1],
    ["C98", "C98", 1],
    ["1000", "1000", 1],
  ])("%s is %s by %d", (name, symbol, multiplier) => {
    expect(baseOf(name)).toEqual({ symbol, multiplier });
  });
});

const market = {
  id: "BTCUSDT",
  symbol: "BTC/USDT:USDT",
  base: "BTC",
  swap: true,
  linear: true,
  inverse: false,
  contractSize: 1,
};

describe("a market list", () => {
  it("keeps perpetuals, and says which of them don't trade", () => {
    const paused = { ...market, id: "LUNAUSDT", symbol: "LUNA/USDT:USDT", base: "LUNA", active: false };
    const dated = { ...market, id: "BTCUSDT_261225", swap: false };
    expect(readListings([market, paused, dated, null, "x"])).toMatchObject([
      { symbol: "BTC", trading: true },
      { symbol: "LUNA", trading: false },
    ]);
  });

  it.each([
    ["of nothing that trades", [{ ...market, active: false }]],
    ["without a contract size", [{ ...market, contractSize: undefined }]],
    ["with a contract size of 0", [{ ...market, contractSize: 0 }]],
    ["of contracts that are both linear and inverse", [{ ...market, inverse: true }]],
    ["of nothing", []],
  ])("%s is malformed", (_claim, markets) => {
    expect(() => readListings(markets)).toThrow(Malformed);
  });
});
