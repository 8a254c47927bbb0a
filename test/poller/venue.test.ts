import { afterEach, describe, expect, it } from "vitest";
import { supportedVenues } from "../../src/poller/supported.ts";
import { openVenue } from "../../src/poller/venue.ts";
import type { Dialect } from "./dialect.ts";
import { bulk, markPriceOf, dialects, marking, marksOf, positioningOf, remembering } from "./dialects.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { bybit } from "./dialects/bybit.ts";
import { bitget } from "./dialects/bitget.ts";
import { gate } from "./dialects/gate.ts";
import { hyperliquid } from "./dialects/hyperliquid.ts";
import { krakenfutures } from "./dialects/krakenfutures.ts";
import { mexc } from "./dialects/mexc.ts";
import { okx } from "./dialects/okx.ts";
import { failureOf, observationOf, pollAll, pollOne, setStage, type Stage } from "./harness.ts";
import { barMs, handClock, hourMs, mapCache, minuteMs, noon, silentLog, truth } from "./world.ts";

const stages: Stage[] = [];
async function stage(dialect: Dialect): Promise<Stage> {
  const built = await setStage(dialect);
  stages.push(built);
  return built;
}
afterEach(async () => {
  await Promise.all(stages.splice(0).map(async (built) => built.stop()));
});

describe("openVenue", () => {
  it("refuses a venue it doesn't know, and names those it does", () => {
    const options = { markets: mapCache(), clock: handClock(noon), log: silentLog };
    expect(() => openVenue("bitmex", options)).toThrow(
      `unknown venue "bitmex"; there are ${supportedVenues.join(", ")}`,
    );
  });
});

describe.each(dialects)("$id", (dialect) => {
  it("gives mark price and open interest in the contract's unit, one side", async () => {
    const { venue, clock } = await stage(dialect);
    const observation = observationOf(await pollOne(venue));
    expect(observation).toMatchObject({
      observedAt: clock.now(),
      receivedAt: clock.now(),
      markPrice: markPriceOf(dialect, clock.now()),
      spec: {
        venue: dialect.id,
        symbol: "BTC",
        market: dialect.market ?? "BTC/USDT:USDT",
        contractType: dialect.inverse === true ? "inverse" : "linear",
        intervalMs: barMs,
      },
    });
    expect(observation.openInterest).toBeCloseTo(truth.openInterest(clock.now()), 6);
    const usdPerUnit = dialect.inverse === true ? 1 : markPriceOf(dialect, clock.now());
    expect(observation.openInterestUsd).toBeCloseTo(truth.openInterest(clock.now()) * usdPerUnit, 2);
  });

  it("gives closed bars oldest first, with open interest and ratio at their close, marks and funding", async () => {
    const { venue } = await stage(dialect);
    const { closedBars } = observationOf(await pollOne(venue));
    expect(closedBars.map((bar) => bar.openTime)).toEqual([noon - 2 * barMs, noon - barMs]);
    for (const bar of closedBars) {
      const { volume, ...prices } = truth.candle(bar.openTime);
      expect(bar).toMatchObject({ ...prices, ...marksOf(dialect, bar.openTime) });
      expect(bar.volume).toBeCloseTo(volume, 6);
      expect(bar).toMatchObject(positioningOf(dialect, bar.openTime + barMs));
    }
    expect(closedBars.at(-1)?.fundingRate).toBe(truth.fundingRate);
  });

  it("gives the forming bar with the newest open interest", async () => {
    const { venue, clock } = await stage(dialect);
    const { formingBar } = observationOf(await pollOne(venue));
    expect(formingBar).toMatchObject({
      openTime: noon,
      ...marksOf(dialect, noon),
      fundingRate: truth.fundingRate,
    });
    expect(formingBar?.openInterest).toBeCloseTo(truth.openInterest(clock.now()), 6);
  });

  it("hands each closed bar over once while the cursor follows", async () => {
    const { venue, clock } = await stage(dialect);
    const seen: number[] = [];
    let cursor: number | undefined = noon - 3 * barMs;
    for (let minute = 0; minute < 17; minute += 1) {
      const { closedBars } = observationOf(await pollOne(venue, { symbol: "BTC", cursor }));
      seen.push(...closedBars.map((bar) => bar.openTime));
      cursor = seen.at(-1) ?? cursor;
      clock.advance(minuteMs);
    }
    expect(seen).toEqual([-2, -1, 0, 1, 2].map((index) => noon + index * barMs));
  });

  it("reads back as far as a poll may when the cursor is old", async () => {
    const { venue } = await stage(dialect);
    const { closedBars } = observationOf(await pollOne(venue, { symbol: "BTC", cursor: noon - 40 * barMs }));
    expect(closedBars).toHaveLength(39);
    expect(closedBars[0]?.openTime).toBe(noon - 39 * barMs);
    const known = closedBars.filter((bar) => bar.openInterest !== undefined);
    const marked = closedBars.filter((bar) => bar.markHigh !== undefined);
    // without a history only what our first look found
    expect(known).toHaveLength(remembering.includes(dialect) ? 39 : 1);
    expect(marked).toHaveLength(marking.includes(dialect) ? 39 : 0);
  });

  it("shows the newest page when the cursor is older than that", async () => {
    const { venue } = await stage(dialect);
    const { closedBars } = observationOf(await pollOne(venue, { symbol: "BTC", cursor: noon - 400 * barMs }));
    expect(closedBars).toHaveLength(99);
    expect(closedBars.at(-1)?.openTime).toBe(noon - barMs);
  });

  const rowsAsked = dialect.rowsAsked ?? (({ limit }) => Number(limit));

  it("asks for three rows in the steady state, and for no history between two closes", async () => {
    const { venue, server, clock } = await stage(dialect);
    await pollOne(venue, { symbol: "BTC", cursor: noon - 2 * barMs });
    server.forgetRequests();
    clock.advance(minuteMs);
    await pollOne(venue, { symbol: "BTC", cursor: noon - barMs });
    const rows = server.asked(dialect.paths.candles).map(({ query }) => rowsAsked(query));
    expect(rows).toEqual(dialect.candlesOnClose === true ? [] : [3]);
    expect(server.asked(dialect.paths.history)).toEqual([]);
  });

  it("gives up a symbol that isn't listed, with the venue's and its name", async () => {
    const { venue } = await stage(dialect);
    const failure = failureOf(await pollOne(venue, { symbol: "NOPE" }));
    expect(failure.kind).toBe("give-up-symbol");
    expect(failure.reason).toMatch(new RegExp(`${dialect.id}.*NOPE`));
  });

  it("looks for a missing symbol in a new list every ten minutes, and finds it once it is listed", async () => {
    const { venue, server, clock } = await stage(dialect);
    await pollOne(venue);
    clock.advance(10 * minuteMs);
    server.forgetRequests();
    await pollOne(venue, { symbol: "ADA" });
    const askedOnce = server.asked(dialect.paths.markets).length;
    expect(askedOnce).toBeGreaterThan(0);
    await pollOne(venue, { symbol: "ADA" });
    expect(server.asked(dialect.paths.markets)).toHaveLength(askedOnce);

    const list = dialect.routes(truth, clock.now)[dialect.paths.markets];
    server.on(dialect.paths.markets, async (request) => {
      const reply = await list?.(request);
      return {
        text: JSON.stringify(reply)
          .replaceAll("DOGE", "ADA")
          .replace(/^\{"json":(.*)\}$/s, "$1"),
      };
    });
    clock.advance(10 * minuteMs);
    // what the venue says of it besides is another matter
    expect(JSON.stringify(await pollOne(venue, { symbol: "ADA" }))).not.toContain("lists no perpetual");
  });

  it("leaves out dated, settling and unfinished contracts", async () => {
    const { venue } = await stage(dialect);
    const outcomes = await pollAll(venue, [{ symbol: "SOL" }, { symbol: "LUNA" }]);
    expect([...outcomes.values()].map((outcome) => failureOf(outcome).kind)).toEqual([
      "give-up-symbol",
      "give-up-symbol",
    ]);
  });

  it("needs no market or tier call on the second start", async () => {
    const { venue, open, server } = await stage(dialect);
    await pollOne(venue);
    server.forgetRequests();
    const again = observationOf(await pollOne(open()));
    expect(server.asked(dialect.paths.markets)).toHaveLength(dialect.marketsInRound === true ? 1 : 0);
    expect(server.requests.filter(({ path }) => /risk|tiers|lever/.test(path))).toEqual([]);
    expect(again.spec.riskTiers.at(-1)?.capNotional).toBe(Infinity);
  });

  it("reads an unreadable cache as none", async () => {
    const { venue, cache, clock } = await stage(dialect);
    cache.entries.set(dialect.id, "{ not json");
    expect(observationOf(await pollOne(venue)).markPrice).toBe(markPriceOf(dialect, clock.now()));
  });

  it("recovers from a first market list that failed", async () => {
    const { venue, server, clock } = await stage(dialect);
    server.on(dialect.paths.markets, () => ({ text: "down", status: 503 }));
    expect(failureOf(await pollOne(venue)).kind).toBe("retry");
    server.serve(dialect.routes(truth, clock.now));
    expect((await pollOne(venue)).ok).toBe(true);
  });
});

describe.each(bulk)("$id", (dialect) => {
  it("shares the bulk calls of a round between all symbols", async () => {
    const { venue, server } = await stage(dialect);
    const outcomes = await pollAll(venue, [{ symbol: "BTC" }, { symbol: "ETH" }]);
    expect([...outcomes.values()].map((outcome) => outcome.ok)).toEqual([true, true]);
    expect(server.asked(dialect.paths.mark)).toHaveLength(1);
  });
});

const listedApart = dialects.filter(({ marketsInRound }) => marketsInRound !== true);

describe.each(listedApart)("$id", (dialect) => {
  it("asks for the market list again after six hours, without making a poll wait or fail", async () => {
    const { venue, server, clock } = await stage(dialect);
    await pollOne(venue);
    server.on(dialect.paths.markets, () => ({ text: "", status: 502 }));
    server.forgetRequests();
    clock.advance(7 * hourMs);
    expect((await pollOne(venue)).ok).toBe(true);
    await expect.poll(() => server.asked(dialect.paths.markets).length).toBeGreaterThan(0);
  });
});

describe("risk tiers", () => {
  it("are our dated table on Binance, which shows its own to key holders only", async () => {
    const { venue } = await stage(binance);
    const { spec, tierSource } = observationOf(await pollOne(venue));
    expect(tierSource).toMatchObject({ kind: "table", asOf: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
    expect(spec.riskTiers[0]).toMatchObject({
      floorNotional: 0,
      maintenanceMarginRate: 0.004,
      maxLeverage: 125,
    });
    expect(spec.liquidationFeeRate).toBe(0);
  });

  it("are Bybit's in quote, sorted and without a gap", async () => {
    const { venue } = await stage(bybit);
    const { spec, tierSource } = observationOf(await pollOne(venue));
    expect(tierSource).toEqual({ kind: "venue", asOf: "2026-11-20", venue: "bybit" });
    expect(spec.riskTiers).toEqual([
      { floorNotional: 0, capNotional: 2_000_000, maintenanceMarginRate: 0.005, maxLeverage: 100 },
      { floorNotional: 2_000_000, capNotional: 2_600_000, maintenanceMarginRate: 0.0056, maxLeverage: 90 },
      { floorNotional: 2_600_000, capNotional: Infinity, maintenanceMarginRate: 0.0062, maxLeverage: 80 },
    ]);
  });

  it("are OKX's contracts turned into quote at the mark, with its taker fee in the trigger", async () => {
    const { venue } = await stage(okx);
    const { spec } = observationOf(await pollOne(venue));
    expect(spec.riskTiers[0]?.capNotional).toBeCloseTo(500 * 0.01 * truth.markPrice, 6);
    expect(spec.riskTiers[1]?.floorNotional).toBeCloseTo(500 * 0.01 * truth.markPrice, 6);
    expect(spec.liquidationFeeRate).toBe(0.0005);
  });

  it.each<[Dialect, { cap: number; rate: number; leverage: number }[]]>([
    [
      gate,
      [
        { cap: 1_000_000, rate: 0.004, leverage: 125 },
        { cap: Infinity, rate: 0.005, leverage: 100 },
      ],
    ],
    [
      bitget,
      [
        { cap: 150_000, rate: 0.004, leverage: 125 },
        { cap: Infinity, rate: 0.005, leverage: 100 },
      ],
    ],
    [
      hyperliquid,
      [
        { cap: 150e6, rate: 1 / 80, leverage: 40 },
        { cap: Infinity, rate: 1 / 40, leverage: 20 },
      ],
    ],
    [
      mexc,
      [
        { cap: 15 * truth.markPrice, rate: 0.004, leverage: 125 },
        { cap: 30 * truth.markPrice, rate: 0.008, leverage: 1 / 0.012 },
        { cap: Infinity, rate: 0.012, leverage: 1 / 0.016 },
      ],
    ],
    [
      krakenfutures,
      [
        { cap: 500_000, rate: 0.01, leverage: 50 },
        { cap: 2_000_000, rate: 0.02, leverage: 25 },
        { cap: Infinity, rate: 0.05, leverage: 10 },
      ],
    ],
  ])("are $id's own, in quote", async (dialect, steps) => {
    const { venue } = await stage(dialect);
    const { spec, tierSource } = observationOf(await pollOne(venue));
    expect(tierSource.kind).toBe("venue");
    expect(spec.riskTiers.map(({ capNotional }) => capNotional)).toEqual(steps.map(({ cap }) => near(cap)));
    expect(spec.riskTiers).toMatchObject(
      steps.map(({ rate, leverage }) => ({
        maintenanceMarginRate: near(rate),
        maxLeverage: near(leverage),
      })),
    );
  });

  it.each([hyperliquid, krakenfutures])("of all symbols come with one answer from $id", async (dialect) => {
    const { venue, server } = await stage(dialect);
    const symbols = ["BTC", "ETH", "DOGE"];
    const outcomes = await pollAll(
      venue,
      symbols.map((symbol) => ({ symbol })),
    );
    const kinds = [...outcomes.values()].map((outcome) => outcome.ok && outcome.observation.tierSource.kind);
    expect(kinds).toEqual(["venue", "venue", "venue"]);
    const tierCalls = server.requests.filter(
      ({ path, query }) => path.endsWith("instruments") || query["type"] === "meta",
    );
    // Kraken's list of markets is the same path
    expect(tierCalls).toHaveLength(dialect === krakenfutures ? 2 : 1);
  });

  it("are asked for again after a day, without making a poll wait", async () => {
    const { venue, server, clock } = await stage(bybit);
    await pollOne(venue);
    clock.advance(25 * hourMs);
    server.forgetRequests();
    expect((await pollOne(venue)).ok).toBe(true);
    await expect.poll(() => server.asked("/bybit/v5/market/risk-limit").length).toBe(1);
  });

  it("fall back to the labelled table while the venue doesn't show them", async () => {
    const { venue, server } = await stage(okx);
    server.on("/okx/api/v5/public/position-tiers", () => ({ json: { code: "0", msg: "", data: [] } }));
    expect(observationOf(await pollOne(venue)).tierSource.kind).toBe("table");
  });
});

const near = (value: number): unknown => (Number.isFinite(value) ? expect.closeTo(value, 6) : value);
