import { describe, expect, it } from "vitest";
import type { ContractType } from "../../src/model/types.ts";
import type { VenueAdapter } from "../../src/poller/adapter.ts";
import type { Listing } from "../../src/poller/listing.ts";
import { contractIn, otherSeriesOf, resolve } from "../../src/poller/resolve.ts";
import { okx } from "../../src/poller/venues/okx.ts";

const venue = (contracts: [ContractType, ...ContractType[]], settle = "USDT"): VenueAdapter => ({
  ...okx,
  settle,
  declares: { ...okx.declares, contracts },
});
const both = venue(["linear", "inverse"]);

function listing(market: string, more: Partial<Listing> = {}): Listing {
  const symbol = market.split("/", 1)[0] ?? "";
  const contractType = market.includes("/USD:") && !market.endsWith("USD:USD") ? "inverse" : "linear";
  return { symbol, market, id: market, contractType, contractSize: 1, multiplier: 1, trading: true, ...more };
}

const usdt = listing("BTC/USDT:USDT");
const usdc = listing("BTC/USDC:USDC");
const inverse = listing("BTC/USD:BTC");
const thousand = listing("1000PEPE/USDT:USDT", { symbol: "PEPE", multiplier: 1_000 });

/** "main" or "main + other", by market; or why there is no main one. */
function told(adapter: VenueAdapter, listings: readonly Listing[], symbol = "BTC"): string {
  const resolved = resolve(adapter, listings, symbol);
  const main = "main" in resolved ? `${resolved.main.series} ${resolved.main.market}` : resolved.missing;
  return resolved.other === undefined ? main : `${main} + ${resolved.other.series} ${resolved.other.market}`;
}

describe("a symbol", () => {
  it.each([
    ["its linear contract in the venue's money", both, [usdc, usdt], "okx BTC/USDT:USDT"],
    ["and the inverse one", both, [inverse, usdt], "okx BTC/USDT:USDT + okx:inverse BTC/USD:BTC"],
    ["not the inverse where that isn't read", venue(["linear"]), [inverse, usdt], "okx BTC/USDT:USDT"],
    [
      "the inverse first where the venue lives on it",
      venue(["inverse", "linear"]),
      [usdt, inverse],
      "okx BTC/USD:BTC + okx:linear BTC/USDT:USDT",
    ],
    ["the only one there is", venue(["inverse", "linear"]), [usdt], "okx BTC/USDT:USDT"],
    [
      "USD where the venue settles in that",
      venue(["linear"], "USD"),
      [listing("BTC/USD:USD"), usdt],
      "okx BTC/USD:USD",
    ],
  ])("is %s", (_claim, adapter, listings, expected) => {
    expect(told(adapter, listings)).toBe(expected);
  });

  it("is the plain listing rather than the one by the thousand", () => {
    const plain = listing("PEPE/USDT:USDT");
    expect(told(both, [thousand, plain], "PEPE")).toBe("okx PEPE/USDT:USDT");
    expect(told(both, [thousand], "PEPE")).toBe("okx 1000PEPE/USDT:USDT");
  });

  it("under its listed name is told the name it has here", () => {
    expect(told(both, [thousand], "1000PEPE")).toMatch(/no perpetual.*watch PEPE/);
  });

  it("that has stopped trading leaves its place empty; the inverse keeps its own", () => {
    const paused = { ...usdt, trading: false };
    expect(told(both, [paused, inverse])).toBe(
      "okx doesn't trade BTC/USDT:USDT at present + okx:inverse BTC/USD:BTC",
    );
  });

  it("has no other contract while that doesn't trade", () => {
    expect(told(both, [usdt, { ...inverse, trading: false }])).toBe("okx BTC/USDT:USDT");
  });

  it("that isn't listed is missing, by name", () => {
    expect(told(both, [], "NOPE")).toBe("okx lists no perpetual NOPE/USDT:USDT for NOPE");
  });
});

describe("a series", () => {
  it("of the second type has a name of its own, where there is one", () => {
    expect(otherSeriesOf(both)).toBe("okx:inverse");
    expect(otherSeriesOf(venue(["linear"]))).toBeUndefined();
  });

  it("finds its contract, or says that it is gone", () => {
    const resolved = resolve(both, [usdt, inverse], "BTC");
    expect(contractIn("okx", resolved).market).toBe("BTC/USDT:USDT");
    expect(contractIn("okx:inverse", resolved).market).toBe("BTC/USD:BTC");
    expect(() => contractIn("okx:inverse", resolve(both, [usdt], "BTC"))).toThrow("not listed any more");
  });
});
