import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearLiquidationPrice } from "../../../src/model/liquidationPrice.ts";
import type { PrintedContract } from "../../../src/poller/liquidations/print.ts";
import { toLiquidation } from "../../../src/poller/liquidations/print.ts";
import { streamOf } from "../../../src/poller/liquidations/streams.ts";
import { Malformed } from "../../../src/poller/read.ts";
import { binanceFrame, bybitFrame, bybitRow, okxDetail, okxFrame } from "./frames.ts";

const riskTiers = [
  { floorNotional: 0, capNotional: 1e6, maintenanceMarginRate: 0.004, maxLeverage: 125 },
  { floorNotional: 1e6, capNotional: Infinity, maintenanceMarginRate: 0.01, maxLeverage: 50 },
];

function printed(over: Partial<PrintedContract["contract"]> = {}, fee = 0): PrintedContract {
  const contract = {
    symbol: "BTC",
    market: "BTC/USDT:USDT",
    id: "BTCUSDT",
    contractType: "linear",
    contractSize: 1,
    multiplier: 1,
    series: "venue",
    ...over,
  } as const;
  return { contract, riskTiers, liquidationFeeRate: fee };
}

/** Everything of a frame, read. */
function read(venue: string, frame: unknown) {
  const stream = streamOf(venue);
  if (stream === undefined) throw new Error(`${venue} has no stream`);
  return stream.rows(frame).flatMap((row) => stream.read(row) ?? []);
}

describe("a venue's print", () => {
  it.each([
    ["binanceusdm: a SELL closed a long", "binanceusdm", binanceFrame(), "long"],
    ["binanceusdm: a BUY closed a short", "binanceusdm", binanceFrame({ S: "BUY" }), "short"],
    ["bybit: Buy was the position, a long", "bybit", bybitFrame([bybitRow()]), "long"],
    ["bybit: Sell was a short", "bybit", bybitFrame([bybitRow({ S: "Sell" })]), "short"],
    ["okx: sell closed a long, whatever the mode", "okx", okxFrame([okxDetail({ posSide: "net" })]), "long"],
    ["okx: buy closed a short", "okx", okxFrame([okxDetail({ side: "buy", posSide: "short" })]), "short"],
  ])("%s", (_what, venue, frame, side) => {
    expect(read(venue, frame)).toMatchObject([{ liquidatedSide: side, at: 1_795_348_800_090 }]);
  });

  it("is what was filled, not the last part of it", () => {
    expect(read("binanceusdm", binanceFrame())).toMatchObject([{ contracts: 0.14, price: 83_310.5 }]);
  });

  it("has every row and every detail", () => {
    expect(read("bybit", bybitFrame([bybitRow(), bybitRow(), bybitRow()]))).toHaveLength(3);
    expect(read("okx", okxFrame([okxDetail(), okxDetail()]))).toHaveLength(2);
  });

  it.each([
    ["binanceusdm", binanceFrame({ z: "0" })],
    ["binanceusdm", binanceFrame({ z: null })],
    ["binanceusdm", binanceFrame({ ap: "-1" })],
    ["binanceusdm", binanceFrame({ ap: "Infinity" })],
    ["binanceusdm", binanceFrame({ S: "?" })],
    ["binanceusdm", binanceFrame({ s: "" })],
    ["binanceusdm", binanceFrame({ T: 1_795_348_800 })],
    ["binanceusdm", { e: "forceOrder" }],
    ["bybit", bybitFrame([bybitRow({ v: "many" })])],
    ["bybit", bybitFrame([null])],
    ["bybit", { topic: "allLiquidation.BTCUSDT", data: "x" }],
    ["okx", okxFrame([okxDetail({ bkPx: "" })])],
    ["okx", okxFrame([okxDetail()], "")],
    ["okx", { data: [{ instId: "BTC-USDT-SWAP" }] }],
  ])("%s: is refused with a reason where it can't be one (%j)", (venue, frame) => {
    expect(() => read(venue, frame)).toThrow(Malformed);
  });
});

const print = {
  id: "x",
  liquidatedSide: "long",
  contracts: 10,
  price: 50_000,
  priced: "trigger",
  at: 1,
} as const;

describe("a liquidation in the symbol's own units", () => {
  it("is base units and dollars of a linear contract", () => {
    expect(toLiquidation("okx", print, printed({ contractSize: 0.01 }))).toEqual({
      venue: "okx",
      series: "venue",
      symbol: "BTC",
      liquidatedSide: "long",
      quantity: 0.1,
      price: 50_000,
      notionalUsd: 5_000,
      at: 1,
    });
  });

  it("is dollars of an inverse one", () => {
    const inverse = printed({ contractType: "inverse", contractSize: 100 });
    expect(toLiquidation("binancecoinm", print, inverse)).toMatchObject({
      quantity: 1_000,
      notionalUsd: 1_000,
    });
  });

  it("is Bybit's dollars as they are, whatever its smallest order", () => {
    const inverse = printed({ contractType: "inverse", contractSize: 10 });
    const found = read("bybit", bybitFrame([bybitRow({ s: "BTCUSD", v: "2500" })]));
    expect(found.map((each) => toLiquidation("bybit", each, inverse).quantity)).toEqual([2_500]);
  });

  it("is the coin's where the venue lists a thousand of it", () => {
    const pepe = printed({ symbol: "PEPE", id: "1000PEPEUSDT", multiplier: 1_000 });
    const found = toLiquidation("bybit", { ...print, contracts: 2, price: 0.012 }, pepe);
    expect(found).toMatchObject({ quantity: 2_000, symbol: "PEPE" });
    expect(found.price).toBeCloseTo(0.000012, 12);
    expect(found.notionalUsd).toBeCloseTo(0.024, 12);
  });

  it("is priced where the position was taken over, also where the venue prints its bankruptcy price", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("long" as const, "short" as const),
        fc.double({ min: 2, max: 100, noNaN: true }),
        fc.double({ min: 100, max: 1e5, noNaN: true }),
        (side, leverage, entryPrice) => {
          const sign = side === "long" ? 1 : -1;
          const quantity = 1_000 / entryPrice;
          const bankruptcy = entryPrice * (1 - sign / leverage);
          const stake = { side, quantity, entryPrice, marginBalance: 1_000 / leverage, feeRate: 0 };
          const trigger = linearLiquidationPrice(stake, [
            { floorNotional: 0, capNotional: Infinity, maintenanceMarginRate: 0.004, deduction: 0 },
          ]);
          const told = { ...print, liquidatedSide: side, contracts: quantity, price: bankruptcy } as const;
          const found = toLiquidation("bybit", { ...told, priced: "bankruptcy" }, printed());
          expect(found.price).toBeCloseTo(trigger ?? Number.NaN, 6);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("takes the bracket of its size, and OKX's fee with it", () => {
    const large = { ...print, contracts: 100, priced: "bankruptcy" } as const;
    expect(toLiquidation("bybit", large, printed()).price).toBeCloseTo(50_000 / 0.99, 6);
    expect(toLiquidation("okx", { ...large, contracts: 1 }, printed({}, 0.0005)).price).toBeCloseTo(
      50_000 / (1 - 0.0045),
      6,
    );
  });
});
