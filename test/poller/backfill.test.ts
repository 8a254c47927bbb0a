import { afterEach, describe, expect, it } from "vitest";
import type { Bar } from "../../src/model/types.ts";
import type { BackfillOutcome } from "../../src/poller/contracts.ts";
import { type Dialect, isFor } from "./dialect.ts";
import { dialects, marksOf, openInterestOf, remembering } from "./dialects.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { bybit } from "./dialects/bybit.ts";
import { okx } from "./dialects/okx.ts";
import { observationOf, pollOne, setStage, type Stage } from "./harness.ts";
import { barMs, hourMs, minuteMs, noon, truth } from "./world.ts";

const stages: Stage[] = [];
async function stage(dialect: Dialect): Promise<Stage> {
  const built = await setStage(dialect);
  stages.push(built);
  return built;
}
afterEach(async () => {
  await Promise.all(stages.splice(0).map(async (built) => built.stop()));
});

function barsOf(outcome: BackfillOutcome) {
  if (!outcome.ok) throw new Error(`the backfill failed: ${outcome.failure.reason}`);
  return outcome.bars;
}

function failureOf(outcome: BackfillOutcome) {
  if (outcome.ok) throw new Error("the backfill succeeded");
  return outcome.failure;
}

const dayMs = 24 * hourMs;

describe.each(dialects)("a backfill from $id", (dialect) => {
  it("reads every bar of the span over several pages, once and in order, with open interest and marks", async () => {
    const { venue, server } = await stage(dialect);
    const from = noon - 4 * dayMs;
    const bars = barsOf(await venue.backfill("BTC", from, noon));
    expect(server.asked(dialect.paths.windows).length).toBeGreaterThan(1);
    expect(bars.map((bar) => bar.openTime)).toEqual(
      Array.from({ length: 1152 }, (_, index) => from + index * barMs),
    );
    for (const bar of bars) {
      const { volume, ...prices } = truth.candle(bar.openTime);
      expect(bar).toMatchObject({ ...prices, ...marksOf(dialect, bar.openTime) });
      expect(bar.volume).toBeCloseTo(volume, 6);
      expect(bar).toMatchObject(openInterestOf(dialect, bar.openTime + barMs));
    }
  });

  it("leaves bars that closed a moment ago to the poll", async () => {
    const { venue, clock } = await stage(dialect);
    clock.set(noon + minuteMs);
    const bars = barsOf(await venue.backfill("BTC", noon - hourMs, noon + minuteMs));
    expect(bars.at(-1)?.openTime).toBe(noon - 2 * barMs);
  });

  it("names the contract", async () => {
    const { venue } = await stage(dialect);
    const outcome = await venue.backfill("BTC", noon - hourMs, noon);
    expect(outcome).toMatchObject({
      ok: true,
      spec: { venue: dialect.id, market: dialect.market ?? "BTC/USDT:USDT", intervalMs: barMs },
    });
  });

  it("leaves an unreadable row out as a gap", async () => {
    const { venue, server, clock } = await stage(dialect);
    const good = dialect.routes(truth, clock.now)[dialect.paths.windows];
    const broken = noon - 30 * minuteMs;
    server.on(dialect.paths.windows, async (request) => {
      const reply = await good?.(request);
      if (reply === undefined || !("json" in reply)) return { reset: true };
      // the same time in milliseconds or in seconds
      const text = JSON.stringify(reply.json).replace(new RegExp(`\\b${broken / 1000}(000)?\\b`), "null");
      return { json: JSON.parse(text) };
    });
    const bars = barsOf(await venue.backfill("BTC", noon - hourMs, noon));
    expect(bars).toHaveLength(11);
    expect(bars.some((bar) => bar.openTime === broken)).toBe(false);
  });
});

describe.each(remembering)("a backfill from $id", (dialect) => {
  it("goes without open interest where its history can't be had", async () => {
    const { venue, server } = await stage(dialect);
    server.on(dialect.paths.history, () => ({ text: "down", status: 502 }));
    const bars = barsOf(await venue.backfill("BTC", noon - hourMs, noon));
    expect(bars).toHaveLength(12);
    expect(bars.some((bar) => "openInterest" in bar)).toBe(false);
  });

  it("ends with the cool-down that silences the venue", async () => {
    const { venue, server } = await stage(dialect);
    server.on(dialect.paths.history, () => ({ text: "", status: 429, headers: { "Retry-After": "30" } }));
    expect(failureOf(await venue.backfill("BTC", noon - hourMs, noon)).kind).toBe("cool-down");
  });
});

describe.each(dialects)("a backfill from $id", (dialect) => {
  it("stops between two requests when told to", async () => {
    const { venue, server, clock } = await stage(dialect);
    const stop = new AbortController();
    const good = dialect.routes(truth, clock.now)[dialect.paths.windows];
    server.on(dialect.paths.windows, (request) => {
      stop.abort();
      return good === undefined ? { reset: true } : good(request);
    });
    const outcome = await venue.backfill("BTC", noon - 4 * dayMs, noon, { signal: stop.signal });
    expect(failureOf(outcome).reason).toContain("stopped");
    expect(server.asked(dialect.paths.windows)).toHaveLength(1);
  });

  it("lets a poll through in the meantime", async () => {
    const { venue, server, clock } = await stage(dialect);
    const good = dialect.routes(truth, clock.now)[dialect.paths.windows];
    let polled: Promise<boolean> | undefined;
    server.on(dialect.paths.windows, async (request) => {
      const windowed = ["after", "startTime", "start", "from", "start_timestamp"].some(
        (name) => name in request.query,
      );
      if (windowed && !isFor("ETH", request.query)) {
        polled ??= pollOne(venue, { symbol: "ETH" }).then((outcome) => outcome.ok);
        await polled;
      }
      return good === undefined ? { reset: true } : good(request);
    });
    expect(barsOf(await venue.backfill("BTC", noon - hourMs, noon))).toHaveLength(12);
    expect(await polled).toBe(true);
  });

  it("fails for a symbol that isn't listed", async () => {
    const { venue } = await stage(dialect);
    expect(failureOf(await venue.backfill("NOPE", noon - hourMs, noon)).kind).toBe("give-up-symbol");
  });
});

describe("history that ends", () => {
  it("is looked for no farther back than two pages before a contract's first candle", async () => {
    const { venue, server, clock } = await stage(bybit);
    const listed = noon - 5 * dayMs;
    const good = bybit.routes(truth, clock.now)[bybit.paths.windows];
    server.on(bybit.paths.windows, async (request) => {
      const reply = await good?.(request);
      const answer = reply !== undefined && "json" in reply ? JSON.stringify(reply.json) : "{}";
      const rows = JSON.parse(answer).result.list.filter(([time]: string[]) => Number(time) >= listed);
      return { json: { ...JSON.parse(answer), result: { category: "linear", list: rows } } };
    });
    const bars = barsOf(await venue.backfill("BTC", noon - 30 * dayMs, noon));
    expect(bars).toHaveLength(5 * 288);
    expect(bars[0]?.openTime).toBe(listed);
    // a page of candles is 1,000, one of open interest 200
    expect(server.asked(bybit.paths.windows)).toHaveLength(4);
    expect(server.asked(bybit.paths.marks)).toHaveLength(2);
    expect(server.asked(bybit.paths.history)).toHaveLength(8);
  });

  it("is never asked of Binance beyond its thirty days", async () => {
    const { venue, server, clock } = await stage(binance);
    await venue.backfill("BTC", noon - 31 * dayMs, noon);
    const starts = server.asked(binance.paths.history).map(({ query }) => Number(query["startTime"]));
    expect(Math.min(...starts)).toBeGreaterThan(clock.now() - 30 * dayMs);
  });

  it("goes on hourly on OKX where five-minute rows end, for the bars that close on the hour", async () => {
    const { venue, server } = await stage(okx);
    const bars = barsOf(await venue.backfill("BTC", noon - 7 * dayMs, noon));
    const old = bars.filter((bar) => bar.openTime < noon - 6 * dayMs);
    const known = old.filter((bar) => bar.openInterest !== undefined);
    expect(known.every((bar) => (bar.openTime + barMs) % hourMs === 0)).toBe(true);
    expect(known).toHaveLength(old.length / 12);
    expect(bars.at(-1)?.openInterest).toBeDefined();
    const periods = server.asked(okx.paths.history).map(({ query }) => query["period"]);
    // 1,440 rows of five minutes, then the 48 hours before them
    expect(periods).toEqual([...Array.from({ length: 15 }, () => "5m"), "1H"]);
  });
});

describe.each(
  dialects.filter(({ id }) => ["bitget", "hyperliquid", "mexc", "deribit", "krakenfutures"].includes(id)),
)("$id, which keeps no history of open interest", (dialect) => {
  it("has what we heard of it, when a series begins anew because its state can't be read", async () => {
    const heard = new Map<string, { at: number; value: number }[]>();
    const { open, clock } = await stage(dialect);
    const before = open();
    clock.set(noon - 6 * barMs + 30_000);
    for (let round = 0; round < 6; round += 1) {
      const { openInterest, observedAt } = observationOf(await pollOne(before));
      const at = Math.floor(observedAt / barMs) * barMs + barMs;
      heard.set("BTC", [...(heard.get("BTC") ?? []), { at, value: openInterest }]);
      clock.advance(barMs);
    }
    // another process, which remembers nothing
    const after = open({
      recorded: {
        bars: async (symbol, series, from, to) =>
          series === dialect.id ? (heard.get(symbol) ?? []).filter(({ at }) => at > from && at <= to) : [],
      },
    });
    const known = (bars: readonly Bar[]): number =>
      bars.filter(({ openInterest }) => openInterest !== undefined).length;
    clock.set(noon + 2 * minuteMs);
    const span = [noon - 12 * barMs, noon] as const;
    expect(known(barsOf(await open().backfill("BTC", ...span)))).toBe(1);
    const bars = barsOf(await after.backfill("BTC", ...span));
    expect(known(bars)).toBe(6);
    for (const { at, value } of heard.get("BTC") ?? [])
      expect(bars.find(({ openTime }) => openTime === at - barMs)?.openInterest).toBe(value);
  });
});

it("a venue that remembers open interest is believed instead of us", async () => {
  const { open } = await stage(binance);
  const venue = open({ recorded: { bars: async () => [{ at: noon, value: 1 }] } });
  expect(venue.forgetsOpenInterest).toBe(false);
  const bars = barsOf(await venue.backfill("BTC", noon - hourMs, noon));
  expect(bars.map(({ openInterest }) => openInterest)).not.toContain(1);
});
