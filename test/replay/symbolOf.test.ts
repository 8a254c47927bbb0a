import { describe, expect, it } from "vitest";
import { symbolOf } from "../../src/replay/symbolOf.ts";

describe("the symbol in a file's name", () => {
  it.each([
    ["/data/binance-BTCUSDT-5m-2026.csv", "BTC"],
    ["ETH-USDT-1h.csv", "ETH"],
    ["sol_usdc.csv", "SOL"],
    ["1000PEPEUSDT.csv", "1000PEPE"],
    ["okx.BTC-USD-SWAP.csv", "BTC"],
    ["bars.csv", undefined],
    ["USDT.csv", undefined],
  ])("%s → %s", (path, symbol) => {
    expect(symbolOf(path)).toBe(symbol);
  });
});
