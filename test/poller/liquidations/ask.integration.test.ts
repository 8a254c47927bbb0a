import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { PrintSource, Venue } from "../../../src/poller/contracts.ts";
import { askForLiquidations } from "../../../src/poller/liquidations/ask.ts";
import type { PrintOutcome } from "../../../src/poller/liquidations/desk.ts";
import type { SimulatedExchange } from "../../../src/sim/contracts.ts";
import { startSimulatedExchange } from "../../../src/sim/exchange.ts";
import { createLease } from "../../../src/store/lease.ts";
import { createLiquidations } from "../../../src/store/market/liquidations.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { openVenue } from "../../../src/poller/venue.ts";
import { patient } from "../../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../../support/redis.ts";
import { barMs, dayMs, handClock, minuteMs, noon } from "../../sim/builders.ts";
import { mapCache } from "../world.ts";

/** A steady fall, in which some positions are liquidated each minute. */
const breeze = { name: "breeze", durationMs: dayMs, priceRatio: 0.8, dailyVolatility: 0.03 };
const told = ["gate", "htx", "htx:inverse", "bitfinex"].map((series) => ({
  series,
  id: series.replace(/:.*$/, ""),
  inverse: series.endsWith(":inverse"),
}));

let redis: TestRedis;
let client: RedisClient;
beforeAll(async () => {
  redis = await startTestRedis();
  client = await redis.connect();
});
afterAll(async () => redis.stop());

describe.each(told)("$series's liquidations, by asking", ({ series, id, inverse }) => {
  const clock = handClock(noon);
  const stopping = new AbortController();
  let exchange: SimulatedExchange;
  let venue: Venue;
  let asking: Promise<void>;
  let outcomes: PrintOutcome[];

  beforeEach(async () => {
    outcomes = [];
    await client.flushall();
    exchange = await startSimulatedExchange({
      clock,
      seed: 5,
      symbols: ["BTC"],
      venues: [id],
      storyline: { script: { history: [], live: [breeze] }, faults: [] },
      historyMs: 12 * 3_600_000,
      stepMs: 10_000,
      inverse,
    });
    const baseUrl = exchange.baseUrl;
    venue = openVenue(id, { baseUrl, markets: mapCache(), clock, log: silentLog, unthrottled: true });
  });
  afterEach(async () => {
    stopping.abort();
    await asking;
    await venue.close();
    await exchange.close();
  });

  const store = () => createLiquidations(client);
  const ask = (source: PrintSource): void => {
    asking = askForLiquidations({
      venue: id,
      source,
      contracts: async (signal) => venue.listed("BTC", signal),
      riskTiers: async () => [],
      liquidationFeeRate: 0,
      liquidations: store(),
      lease: createLease(client, `liquidations-${id}`),
      holder: "a",
      clock,
      log: silentLog,
      onPrint: (outcome) => outcomes.push(outcome),
      signal: stopping.signal,
    });
  };

  it("are all kept, each once, and summed up bar by bar as they truly were", async () => {
    const { prints } = venue;
    if (prints === undefined) throw new Error("nobody is asked");
    clock.advance(8 * barMs + minuteMs);
    const lastBar = noon + 8 * barMs;
    ask(prints);
    await vi.waitFor(() => expect(outcomes.length).toBeGreaterThan(0), patient);
    // each answer tells again what the one before told
    for (let minute = 0; minute < 5; minute += 1) {
      await vi.waitFor(async () => {
        const total = (await store().totals("BTC", series, [lastBar])).get(lastBar);
        expect(total?.until).toBe(Math.min(clock.now(), lastBar + barMs));
      }, patient);
      clock.advance(minuteMs);
    }
    const truths = exchange.world
      .liquidations("BTC", series)
      .filter(({ time }) => time >= lastBar && time < lastBar + barMs)
      .map((event) => ({ ...event, quantity: event.quantity * (inverse ? event.triggerPrice : 1) }));
    const kept = (await store().prints("BTC", lastBar)).filter(
      (print) => print.at < lastBar + barMs && print.series === series,
    );
    const sum = (
      all: readonly { readonly quantity: number; readonly liquidatedSide: string }[],
      side: string,
    ) => all.reduce((total, each) => total + (each.liquidatedSide === side ? each.quantity : 0), 0);
    // contracts of a hundred dollars come in tenths, those of coins in less than anybody counts
    const digits = inverse ? -2 : 1;
    expect(truths.length).toBeGreaterThan(2);
    for (const side of ["long", "short"]) expect(sum(kept, side)).toBeCloseTo(sum(truths, side), digits);
    const total = (await store().totals("BTC", series, [lastBar])).get(lastBar);
    expect(total).toMatchObject({ prints: truths.length, reportingShare: 1 });
    expect(total?.long).toBeCloseTo(sum(truths, "long"), digits);
    expect(total?.short).toBeCloseTo(sum(truths, "short"), digits);
    expect(outcomes).toContain("repeated");
    expect(outcomes).not.toContain("malformed");
  });
});
