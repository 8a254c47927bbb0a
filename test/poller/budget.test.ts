import { describe, expect, it } from "vitest";
import { adapters } from "../../src/poller/adapters.ts";
import { budgetOf } from "../../src/poller/budget.ts";
import { binanceusdm } from "../../src/poller/venues/binanceusdm.ts";
import { bitfinex } from "../../src/poller/venues/bitfinex.ts";

const minuteMs = 60_000;
const hundred = { symbols: 100, pollIntervalMs: minuteMs };

describe.each(adapters)("a hundred symbols on $id", (adapter) => {
  it("are polled every minute within half of every published limit", () => {
    const rows = budgetOf(adapter, hundred);
    expect(rows.length).toBeGreaterThan(0);
    for (const { published, allowed, needed, beside, mostSymbols } of rows) {
      expect(needed + beside).toBeLessThanOrEqual(allowed);
      expect(allowed).toBeLessThanOrEqual(published / 2);
      expect(mostSymbols).toBeGreaterThanOrEqual(100);
    }
  });
});

describe("a budget", () => {
  it("is counted from what is asked: Binance's candles, marks and open interest a round, statistics a bar", () => {
    const rows = budgetOf(binanceusdm, { symbols: 10, pollIntervalMs: minuteMs });
    expect(rows).toMatchObject([
      { bucket: "data", published: 200, needed: 10 * (2 / 5) },
      { bucket: "weight", published: 2_400, needed: 10 + 10 * 3 + 1 / 360, beside: 10 * 20 },
    ]);
  });

  it("grows with the rounds, except for what is asked once a bar", () => {
    const fast = budgetOf(bitfinex, { symbols: 10, pollIntervalMs: minuteMs / 2 });
    expect(fast.find(({ bucket }) => bucket === "public")?.needed).toBeCloseTo(2 + 10 / 5, 1);
  });

  it.each([1, 3, 20, 100, 500])(
    "holds books and accounts within what polls of %d symbols leave",
    (symbols) => {
      for (const adapter of adapters) {
        for (const { allowed, needed, beside } of budgetOf(adapter, { ...hundred, symbols }))
          expect(beside).toBeLessThanOrEqual(Math.max(0, allowed - needed));
      }
    },
  );

  it("says how many symbols a limit bears", () => {
    const rowFor = (symbols: number) =>
      budgetOf(bitfinex, { ...hundred, symbols }).find(({ bucket }) => bucket === "public");
    const row = rowFor(100);
    const most = row?.mostSymbols ?? 0;
    const needed = (symbols: number): number => rowFor(symbols)?.needed ?? 0;
    expect(needed(most)).toBeLessThanOrEqual(row?.allowed ?? 0);
    expect(needed(most + 1)).toBeGreaterThan(row?.allowed ?? 0);
  });
});
