import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { scaledClock } from "../src/ops/clock.ts";
import type { SimulatedExchange } from "../src/sim/contracts.ts";
import { startSimulatedExchange } from "../src/sim/exchange.ts";
import { startTestLopside, type TestLopside } from "./support/lopside.ts";
import { createQueues } from "../src/worker/queues.ts";
import { patient } from "./support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "./support/redis.ts";

const dayMs = 24 * 3_600_000;
const venues = ["binanceusdm", "bybit", "okx"];
/** Longs crowd in during a long rise: the modelled ratio leaves 1 and stays away from it. */
const story = {
  script: {
    history: [
      {
        name: "rise",
        durationMs: 2 * dayMs,
        priceRatio: 1.04,
        dailyVolatility: 0.02,
        openInterestRatio: 1.2,
      },
    ],
    live: [],
  },
  faults: [],
};

describe("from the exchanges to the alert", () => {
  const clock = scaledClock(60, Date.UTC(2026, 0, 14, 12));
  let redis: TestRedis;
  let exchange: SimulatedExchange;
  let running: TestLopside | undefined;

  beforeAll(async () => {
    redis = await startTestRedis();
    exchange = await startSimulatedExchange({
      clock,
      seed: 11,
      symbols: ["BTC"],
      venues,
      storyline: story,
      historyMs: 2 * dayMs,
    });
  });
  afterAll(async () => {
    await running?.stop();
    await exchange.close();
    await redis.stop();
  });

  /** The one that runs, or the first. */
  const start = async (): Promise<TestLopside> => {
    running ??= await startTestLopside({
      redis,
      clock,
      env: {
        SYMBOLS: "BTC",
        VENUES: venues.join(","),
        VENUE_BASE_URL: exchange.baseUrl,
        ALERT_RATIO: "1.1",
        // a slot of two seconds, so that a busy machine is not taken for a stale feed
        POLL_INTERVAL: "120s",
        ALERT_COOLDOWN: "30d",
      },
    });
    return running;
  };

  test("a held crossing is printed once, with three venues behind it", async () => {
    const lopside = await start();
    await vi.waitFor(() => expect(lopside.printed.length).toBeGreaterThan(0), patient);
    expect(lopside.printed[0]).toContain("BTC");
    expect(lopside.printed[0]).toContain("Liquidation maps are not price predictions.");
    const imbalance = await vi.waitFor(async () => {
      const newest = await lopside.store.symbols.imbalance("BTC");
      expect(newest?.coverage).toBe(1);
      return newest;
    }, patient);
    expect(imbalance?.venues.map(({ id }) => id)).toEqual(venues);
    expect(imbalance?.ratio).toBe((imbalance?.downDistanceUsd ?? 0) / (imbalance?.upDistanceUsd ?? 0));
  });

  test("a failing venue is named and the others go on; it comes back by itself", async () => {
    const lopside = await start();
    const statuses = async (): Promise<Record<string, string>> => {
      const imbalance = await lopside.store.symbols.imbalance("BTC");
      return Object.fromEntries((imbalance?.venues ?? []).map(({ id, status }) => [id, status]));
    };
    const allFresh = { binanceusdm: "fresh", bybit: "fresh", okx: "fresh" };
    await vi.waitFor(async () => expect(await statuses()).toEqual(allFresh), patient);
    exchange.world.fault("bybit", "bad-gateway");
    await vi.waitFor(async () => expect(await statuses()).toEqual({ ...allFresh, bybit: "failed" }), patient);
    exchange.world.fault("bybit", undefined);
    await vi.waitFor(async () => expect(await statuses()).toEqual(allFresh), patient);
  });

  test("every slot is recomputed exactly once", async () => {
    const lopside = await start();
    const first = await lopside.store.symbols.read("BTC");
    await vi.waitFor(
      async () => expect((await lopside.store.symbols.read("BTC")).slot).toBeGreaterThan(first.slot + 2),
      patient,
    );
    const last = await lopside.store.symbols.read("BTC");
    expect(last.version - first.version).toBeLessThanOrEqual(last.slot - first.slot);
  });

  test("a slot left over from while no worker ran is not computed", async () => {
    const lopside = await start();
    const connection = await redis.connect("queue");
    const queues = createQueues({ connection, venues, platforms: ["console"], log: silentLog });
    const before = await tooLate(lopside);
    await queues.recompute("BTC", 1);
    await vi.waitFor(async () => expect(await tooLate(lopside)).toBeGreaterThan(before), patient);
    await queues.close();
  });

  test("the HTTP role tells what was computed", async () => {
    const lopside = await start();
    await vi.waitFor(
      async () => expect((await fetch(`${lopside.httpUrl}/readyz`)).status).toBe(200),
      patient,
    );
    const imbalance: unknown = await (await fetch(`${lopside.httpUrl}/api/imbalance/btc`)).json();
    expect(imbalance).toMatchObject({
      symbol: "BTC",
      venues: [{ id: "binanceusdm" }, { id: "bybit" }, { id: "okx" }],
    });
    expect((await fetch(`${lopside.httpUrl}/api/imbalance/DOGE`)).status).toBe(404);
    expect(await (await fetch(`${lopside.httpUrl}/metrics`)).text()).toContain("lopside_polls_total");
  });

  test("a restart goes on with the stored state and repeats nothing", async () => {
    const before = await (await start()).store.symbols.read("BTC");
    expect(before.series.size).toBe(3);
    const told = new Set((await start()).printed.map(firing));
    await running?.stop();
    running = undefined;
    const lopside = await start();
    await vi.waitFor(
      async () =>
        expect((await lopside.store.symbols.read("BTC")).version).toBeGreaterThan(before.version + 2),
      patient,
    );
    // what was told is told no more; that it grew stronger, or leans the other way now, would be news
    expect(lopside.printed.map(firing).filter((news) => news !== undefined && told.has(news))).toEqual([]);
  });
});

/** Which way a new alert says that it leans; undefined for what says how an older one goes on. */
function firing(printed: string): string | undefined {
  return /^BTC .* lopsided (up|down)/m.exec(printed)?.[1];
}

/** Slots that came when it was too late to compute them. */
async function tooLate({ httpUrl }: TestLopside): Promise<number> {
  const metrics = await (await fetch(`${httpUrl}/metrics`)).text();
  return Number(/^lopside_recomputes_total\{outcome="too-late"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}
