import { describe, expect, it } from "vitest";
import { checkFunding, checkRatio, checkTogether } from "../../src/poller/sound.ts";

const figures = { markPrice: 100, lastPrice: 101, openInterestUsd: 5e9 };

describe("figures together", () => {
  it.each([
    ["near each other", figures],
    ["without a candle", { ...figures, lastPrice: undefined }],
    ["after a crash that the mark follows slowly", { ...figures, lastPrice: 51 }],
  ])("%s are believed", (_claim, each) => {
    expect(() => checkTogether(each)).not.toThrow();
  });

  it.each([
    ["candles in thousands and a mark in ones", { ...figures, lastPrice: 100_000 }, "contradict"],
    ["a mark in thousands", { ...figures, markPrice: 100_000 }, "contradict"],
    ["more open interest than there is money in crypto", { ...figures, openInterestUsd: 2e12 }, "too large"],
  ])("%s are not", (_claim, each, reason) => {
    expect(() => checkTogether(each)).toThrow(reason);
  });
});

describe("rates", () => {
  it("of funding beyond a whole position are refused, and so are ratios beyond belief", () => {
    expect(checkFunding(-0.03)).toBe(-0.03);
    expect(() => checkFunding(1.5)).toThrow("too large");
    expect(checkRatio({ at: 0, value: 80 }).value).toBe(80);
    expect(() => checkRatio({ at: 0, value: 1e6 })).toThrow("beyond belief");
    expect(() => checkRatio({ at: 0, value: 1e-6 })).toThrow("beyond belief");
  });
});
