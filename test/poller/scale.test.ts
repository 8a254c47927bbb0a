import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Contract, VenueAdapter } from "../../src/poller/adapter.ts";
import { scaled } from "../../src/poller/scale.ts";
import { bybit } from "../../src/poller/venues/bybit.ts";
import { noon } from "./world.ts";

const pepe: Contract = {
  symbol: "PEPE",
  market: "1000PEPE/USDT:USDT",
  id: "1000PEPEUSDT",
  contractType: "linear",
  contractSize: 1,
  multiplier: 1_000,
};
const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const at = String(noon);

/** What the adapter says of one candle, one open interest and one mark, as notional. */
function notionals(adapter: VenueAdapter, contract: Contract, price: number, quantity: number) {
  const [p, q] = [String(price), String(quantity)];
  const candle = adapter.candles.row([at, p, p, p, p, q, "0"], contract);
  const history = adapter.openInterestHistory[0]?.row({ singleOpenInterest: q, timestamp: at }, contract);
  const ticker = { markPrice: p, singleOpenInterest: q, fundingRate: "0" };
  const board = adapter.boards[0]?.row(ticker, contract, { time: noon });
  return [
    candle.close * candle.volume,
    (board?.markPrice ?? NaN) * (history?.value ?? NaN),
    (board?.markPrice ?? NaN) * (board?.openInterest ?? NaN),
  ];
}

describe("a listing by the thousand", () => {
  it("is told in single coins: a thousandth of the price, a thousand times as many", () => {
    const row = scaled(bybit).candles.row([at, "0.01", "0.012", "0.009", "0.011", "5", "0"], pepe);
    const { open, high, low, close, volume } = row;
    const prices = [open, high, low, close].map((price) => price.toPrecision(6));
    expect(prices).toEqual(["0.0000100000", "0.0000120000", "0.00000900000", "0.0000110000"]);
    expect(volume).toBe(5_000);
    const mark = scaled(bybit).markCandles?.row([at, "0.01", "0.012", "0.009", "0.011"], pepe);
    expect(mark?.high).toBe(high);
    expect(mark?.low).toBe(low);
  });

  it("is worth what it is worth as listed", () => {
    fc.assert(
      fc.property(positive, positive, (price, quantity) => {
        for (const notional of notionals(scaled(bybit), pepe, price, quantity))
          expect(notional / (price * quantity)).toBeCloseTo(1, 9);
      }),
    );
  });

  it("has limits in what is listed", () => {
    const plan = scaled(bybit).riskTiers;
    const row = { symbol: "COIN", riskLimitValue: "3", maintenanceMargin: "0.01", maxLeverage: "50" };
    const body = { result: { list: [row, { ...row, riskLimitValue: "6", maintenanceMargin: "0.02" }] } };
    const coin: Contract = { ...pepe, id: "COIN", contractType: "inverse" };
    const tiers = plan.kind === "venue" ? plan.read(body, coin, 0.5) : [];
    expect(tiers[0]?.capNotional).toBe(1_500);
  });
});

describe("a plain listing", () => {
  it("is told as it is", () => {
    const plain = { ...pepe, multiplier: 1 };
    expect(notionals(scaled(bybit), plain, 2, 3)).toEqual(notionals(bybit, plain, 2, 3));
  });
});
