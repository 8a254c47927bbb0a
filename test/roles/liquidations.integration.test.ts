import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { decodeStacked } from "../../src/model/stackedSeries.ts";
import { type Clock, systemClock } from "../../src/ops/clock.ts";
import type { SimulatedExchange } from "../../src/sim/contracts.ts";
import { startSimulatedExchange } from "../../src/sim/exchange.ts";
import { startTestLopside, type TestLopside } from "../support/lopside.ts";
import { patient } from "../support/patience.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";

const barMs = 300_000;
const stepMs = 1_000;
const venues = ["bybit", "binanceusdm"];
/** What liquidations are summed up of; inverse contracts come with the linear ones, unasked. */
const series = ["bybit", "binanceusdm", "bybit:inverse"];
/** A long fall, in which longs are liquidated in every bar. */
const fall = { name: "fall", durationMs: 24 * barMs, priceRatio: 0.6, dailyVolatility: 0.05 };

/** What was reported fades with a half-life of 14 days. */
const fadedOverABar = (reported: number): number => reported * 2 ** (-barMs / (14 * 86_400_000));

/** The machine's pace from `startAt` on, and jumps forward in between. */
function jumpingClock(startAt: number): Clock & { readonly jumpTo: (time: number) => void } {
  let ahead = startAt - performance.now();
  const now = (): number => Math.floor(performance.now() + ahead);
  return {
    ...systemClock,
    now,
    jumpTo: (time) => {
      ahead += Math.max(0, time - now());
    },
  };
}

describe("liquidations of a running Lopside", () => {
  const clock = jumpingClock(Date.UTC(2026, 0, 14, 12) - stepMs);
  let redis: TestRedis;
  let exchange: SimulatedExchange;
  let lopside: TestLopside;

  beforeAll(async () => {
    redis = await startTestRedis();
    exchange = await startSimulatedExchange({
      clock,
      seed: 5,
      symbols: ["BTC"],
      venues,
      storyline: { script: { history: [], live: [fall] }, faults: [] },
      historyMs: 24 * 3_600_000,
      stepMs,
      inverse: true,
    });
    lopside = await startTestLopside({
      redis,
      clock,
      roles: ["poller", "worker"],
      env: {
        SYMBOLS: "BTC",
        VENUES: venues.join(","),
        VENUE_BASE_URL: exchange.baseUrl,
        // long enough that a busy machine is not a slot behind
        POLL_INTERVAL: "2s",
      },
    });
  });
  afterAll(async () => {
    await lopside.stop();
    await exchange.close();
    await redis.stop();
  });

  const totalOf = async (venue: string, openTime: number) =>
    (await lopside.store.liquidations.totals("BTC", venue, [openTime])).get(openTime);

  /** The bar that now runs, once every venue's stream is heard since before it began. */
  const barHeardWhole = async (): Promise<number> =>
    vi.waitFor(async () => {
      const openTime = Math.floor(clock.now() / barMs) * barMs;
      const totals = await Promise.all(series.map(async (each) => totalOf(each, openTime)));
      if (totals.includes(undefined) && clock.now() - openTime > 2 * stepMs) clock.jumpTo(openTime + barMs);
      expect(totals).not.toContain(undefined);
      return openTime;
    }, patient);

  /** What the model was told of a venue's liquidations so far, in base units; undefined unless `bar` is its last one. */
  const reportedUntil = async (bar: number, venue: string): Promise<number | undefined> => {
    const [state, records] = await Promise.all([
      lopside.store.symbols.read("BTC"),
      lopside.store.rounds.read("BTC"),
    ]);
    const bytes = state.series.get(venue);
    const spec = records.find((record) => record.venue === venue)?.observation?.spec;
    const series = bytes && spec && decodeStacked(bytes, spec);
    return series?.lastClosed === bar ? series.stack.reports[0] : undefined;
  };
  const allReportedUntil = async (bar: number): Promise<number[]> =>
    vi.waitFor(async () => {
      const all = await Promise.all(series.map(async (venue) => reportedUntil(bar, venue)));
      const known = all.filter((each) => each !== undefined);
      expect(known).toHaveLength(series.length);
      return known;
    }, patient);

  test("come from the stream through the sums into the model's bars", async () => {
    const openTime = await barHeardWhole();
    // a stream that was heard sooner than the others has told of earlier bars
    const before = await allReportedUntil(openTime - barMs);
    clock.jumpTo(openTime + barMs - 2.5 * stepMs);
    const after = await allReportedUntil(openTime);
    const [bybit, binance, inverse = 0] = after.map((all, index) => all - fadedOverABar(before[index] ?? 0));
    const inBarOf = (each: string) =>
      exchange.world
        .liquidations("BTC", each)
        .filter(({ time }) => time >= openTime && time < openTime + barMs);
    const inBar = inBarOf("bybit");
    expect(inBar.length).toBeGreaterThan(0);
    expect(bybit).toBeCloseTo(
      inBar.reduce((sum, { quantity }) => sum + quantity, 0),
      2,
    );
    const inverseUsd = inBarOf("bybit:inverse").reduce(
      (sum, each) => sum + each.quantity * each.triggerPrice,
      0,
    );
    expect(inverseUsd).toBeGreaterThan(0);
    expect(inverse / inverseUsd).toBeCloseTo(1, 4);
    const heard = await totalOf("binanceusdm", openTime);
    if (heard === undefined) throw new Error("binanceusdm's sum is gone");
    expect(heard.reportingShare).toBeLessThan(1);
    expect(binance).toBeCloseTo((heard.long + heard.short) / heard.reportingShare, 2);
  });

  test("come again after the venue's gateway was away", async () => {
    const faultAt = clock.now();
    exchange.world.fault("bybit", "bad-gateway");
    // the streams are cut at the world's next step
    await vi.waitFor(() => expect(clock.now()).toBeGreaterThan(faultAt + 2 * stepMs), patient);
    exchange.world.fault("bybit", undefined);
    const mendedAt = clock.now();
    const isBack = async (): Promise<boolean> => {
      // so that there is always something new to hear
      clock.jumpTo(clock.now() + 10 * stepMs);
      const prints = await lopside.store.liquidations.prints("BTC", mendedAt);
      return prints.some(({ venue }) => venue === "bybit");
    };
    await vi.waitFor(async () => expect(await isBack()).toBe(true), {
      ...patient,
      interval: 300,
    });
  });
});
