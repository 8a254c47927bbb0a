import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Observation, PollOutcome, Venue } from "../../src/poller/contracts.ts";
import { openVenue } from "../../src/poller/venue.ts";
import type { SimulatedExchange } from "../../src/sim/contracts.ts";
import { simulatedVenues, startSimulatedExchange } from "../../src/sim/exchange.ts";
import { mapCache, silentLog } from "../poller/world.ts";
import { barMs, dayMs, handClock, minuteMs, noon, wild } from "./builders.ts";

const hourMs = 60 * minuteMs;

/** The real poller and unmodified ccxt, against every dialect the exchange speaks. */
describe("what the poller reads of the simulated exchange", () => {
  const clock = handClock(noon + 2 * minuteMs + 30_000);
  let exchange: SimulatedExchange;
  const venues = new Map<string, Venue>();

  beforeAll(async () => {
    exchange = await startSimulatedExchange({
      clock,
      seed: 2,
      symbols: ["BTC", "ETH"],
      venues: simulatedVenues,
      storyline: wild,
      historyMs: dayMs,
    });
    const { baseUrl } = exchange;
    for (const id of simulatedVenues) {
      const options = { baseUrl, markets: mapCache(), clock, log: silentLog, unthrottled: true };
      venues.set(id, openVenue(id, options));
    }
  });
  afterAll(async () => {
    await Promise.all([...venues.values()].map(async (venue) => venue.close()));
    await exchange.close();
  });

  const venueOf = (id: string): Venue => {
    const venue = venues.get(id);
    if (venue === undefined) throw new Error(`no client of ${id}`);
    return venue;
  };
  const observe = async (id: string, symbol: string): Promise<Observation> => {
    let outcome: PollOutcome | undefined;
    await venueOf(id).poll([{ symbol, cursor: noon - 12 * barMs }], (_symbol, result) => {
      outcome ??= result;
    });
    if (outcome?.ok !== true) throw new Error(outcome?.failure.reason ?? "nothing was handed over");
    return outcome.observation;
  };

  describe.each(simulatedVenues.map((id) => [id] as const))("%s", (id) => {
    test.each(["BTC", "ETH"])("mark price and open interest of %s are the world's", async (symbol) => {
      const truth = exchange.world.truth(symbol, id);
      const observation = await observe(id, symbol);
      expect(observation.markPrice / truth.markPrice).toBeCloseTo(1, 4);
      expect(observation.openInterest / truth.openInterest).toBeCloseTo(1, 5);
      expect(observation.openInterestUsd / (truth.openInterest * truth.markPrice)).toBeCloseTo(1, 4);
      expect(Math.abs(observation.formingBar?.fundingRate ?? 1)).toBeLessThan(0.004);
    });

    test("the hour's bars are whole and in order, and volumes are base units", async () => {
      const { closedBars, formingBar, openInterest } = await observe(id, "BTC");
      expect(closedBars.map(({ openTime }) => openTime)).toEqual(
        Array.from({ length: 11 }, (_, index) => noon + (index - 11) * barMs),
      );
      expect(formingBar?.openTime).toBe(noon);
      const turnover = closedBars.reduce((sum, bar) => sum + bar.volume, 0) / openInterest;
      expect(turnover).toBeGreaterThan(0.02);
      expect(turnover).toBeLessThan(2);
    });

    test("its history is a day of bars, the last one with open interest", async () => {
      const outcome = await venueOf(id).backfill("BTC", noon - 6 * hourMs, noon);
      const bars = outcome.ok ? outcome.bars : [];
      expect(bars).toHaveLength(72);
      expect((bars.at(-1)?.openInterest ?? 0) / exchange.world.truth("BTC", id).openInterest).toBeCloseTo(
        1,
        1,
      );
    });

    test("a symbol it doesn't list is given up", async () => {
      await expect(observe(id, "NOPE")).rejects.toThrow(/NOPE/);
    });
  });
});
