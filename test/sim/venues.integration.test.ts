import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BookDepth, SeriesSpec } from "../../src/model/types.ts";
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
      inverse: true,
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
  const observe = async (series: string, symbol: string): Promise<Observation> => {
    const cursor = noon - 12 * barMs;
    const outcomes = new Map<string, PollOutcome>();
    await venueOf(venueIn(series)).poll([{ symbol, cursor, otherCursor: cursor }], (_symbol, result, of) =>
      outcomes.set(of ?? venueIn(series), result),
    );
    const outcome = outcomes.get(series);
    if (outcome?.ok !== true) throw new Error(outcome?.failure.reason ?? "nothing was handed over");
    return outcome.observation;
  };

  describe.each([...simulatedVenues, ...inverseSeries].map((series) => [series] as const))("%s", (series) => {
    test.each(["BTC", "ETH"])("mark price and open interest of %s are the world's", async (symbol) => {
      const truth = exchange.world.truth(symbol, series);
      const observation = await observe(series, symbol);
      expect(observation.spec.venue).toBe(series);
      expect(observation.markPrice / truth.markPrice).toBeCloseTo(1, 4);
      expect(inBase(observation.openInterest, observation) / truth.openInterest).toBeCloseTo(1, 4);
      expect(observation.openInterestUsd / (truth.openInterest * truth.markPrice)).toBeCloseTo(1, 4);
      expect(Math.abs(observation.formingBar?.fundingRate ?? 1)).toBeLessThan(0.004);
    });

    test("the hour's bars are whole and in order, and volumes are base units", async () => {
      const observation = await observe(series, "BTC");
      const { closedBars, formingBar, openInterest } = observation;
      expect(closedBars.map(({ openTime }) => openTime)).toEqual(
        Array.from({ length: 11 }, (_, index) => noon + (index - 11) * barMs),
      );
      expect(formingBar?.openTime).toBe(noon);
      const turnover = closedBars.reduce((sum, bar) => sum + bar.volume, 0) / openInterest;
      expect(turnover).toBeGreaterThan(0.02);
      expect(turnover).toBeLessThan(2);
    });

    test("its history is a day of bars, the last one with open interest", async () => {
      const venue = venueOf(venueIn(series));
      const outcome = await venue.backfill("BTC", noon - 6 * hourMs, noon, { series });
      const [bars, spec] = outcome.ok ? [outcome.bars, outcome.spec] : [[], undefined];
      expect(bars).toHaveLength(72);
      const { openInterest, markPrice } = exchange.world.truth("BTC", series);
      const last = inBase(bars.at(-1)?.openInterest ?? 0, { spec, markPrice });
      expect(last / openInterest).toBeCloseTo(1, 1);
    });

    test("a symbol it doesn't list is given up", async () => {
      await expect(observe(venueIn(series), "NOPE")).rejects.toThrow(/NOPE/);
    });
  });

  test.each(inverseSeries)(
    "%s counts dollars, and the coin's linear contract beside it coins",
    async (series) => {
      const id = venueIn(series);
      const [inverse, linear] = [await observe(series, "BTC"), await observe(id, "BTC")];
      expect(inverse.spec).toMatchObject({ contractType: "inverse", market: "BTC/USD:BTC" });
      expect(linear.spec).toMatchObject({ contractType: "linear", market: "BTC/USDT:USDT" });
      expect(inverse.openInterestUsd).toBe(inverse.openInterest);
      // bars in dollars: what was traded in an hour is a share of what is open, as it is in coins
      const turnoverOf = ({ closedBars, openInterest }: Observation): number =>
        closedBars.reduce((sum, { volume }) => sum + volume, 0) / openInterest;
      expect(turnoverOf(inverse) / turnoverOf(linear)).toBeGreaterThan(0.2);
      expect(turnoverOf(inverse) / turnoverOf(linear)).toBeLessThan(5);
      const caps = ({ spec }: Observation): readonly number[] =>
        spec.riskTiers.map(({ capNotional }) => capNotional);
      const [first = 0] = caps(inverse);
      // limits in coins or contracts are the same limits in dollars
      expect(first / (caps(linear)[0] ?? 0)).toBeCloseTo(1, 2);
    },
  );

  test.each(["binanceusdm", "bybit", "okx", "gate", "bitget", "hyperliquid"])(
    "the dollars that rest on %s within a percent of its mark are the world's",
    async (id) => {
      const depth = await venueOf(id).books?.depth("BTC");
      expect(depth?.venue).toBe(id);
      const within = (levels: BookDepth["bids"] = []): number =>
        levels.reduce((sum, [distance, usd]) => sum + (distance < 0.01 ? usd : 0), 0);
      // the world's books: depth·(d/5 %)^1.2 of three hundredths of the open interest, each rung jittered
      const { openInterest, markPrice } = exchange.world.truth("BTC", id);
      const usual = 0.03 * openInterest * markPrice * 0.2 ** 1.2;
      for (const side of [depth?.bids, depth?.asks]) {
        expect(within(side) / usual).toBeGreaterThan(0.8);
        expect(within(side) / usual).toBeLessThan(1.25);
      }
    },
  );

  test("Hyperliquid names who traded, and shows of each the position that the world knows", async () => {
    const { accounts } = venueOf("hyperliquid");
    const traders = (await accounts?.traders("BTC")) ?? [];
    const addresses = [...new Set(traders.map(({ address }) => address))];
    expect(addresses.length).toBeGreaterThan(4);
    const truth = exchange.world.truth("BTC", "hyperliquid");
    for (const address of addresses) {
      const held = (await accounts?.holdings(address, ["BTC", "ETH"])) ?? [];
      expect(held.map(({ symbol }) => symbol)).toEqual(["BTC"]);
      const { side = "long", liquidationPrice, quantity = 0 } = held[0]?.position ?? {};
      const known = truth[side].some(
        (level) =>
          Math.abs(level.price - (liquidationPrice ?? 0)) < 0.06 &&
          Math.abs(level.quantity - quantity) < 0.001,
      );
      expect(known || (liquidationPrice === undefined && quantity > 0)).toBe(true);
    }
  });

  test("nobody else's address holds anything there", async () => {
    const { accounts } = venueOf("hyperliquid");
    expect(await accounts?.holdings(`0x${"1".repeat(40)}`, ["BTC"])).toEqual([]);
  });
});

const inverseSeries = ["bybit", "okx", "kucoinfutures", "htx"].map((id) => `${id}:inverse`);
const venueIn = (series: string): string => series.replace(/:.*$/, "");

/** Inverse contracts count in dollars. */
function inBase(
  quantity: number,
  { spec, markPrice }: { readonly spec: SeriesSpec | undefined; readonly markPrice: number },
): number {
  return spec?.contractType === "inverse" ? quantity / markPrice : quantity;
}
