import { afterEach, describe, expect, it } from "vitest";
import type { VenueReply } from "../support/venueServer.ts";
import type { Dialect } from "./dialect.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { bybit } from "./dialects/bybit.ts";
import { bitget } from "./dialects/bitget.ts";
import { gate, gateLiquidated } from "./dialects/gate.ts";
import { hyperliquid } from "./dialects/hyperliquid.ts";
import { krakenfutures } from "./dialects/krakenfutures.ts";
import { mexc } from "./dialects/mexc.ts";
import { htx } from "./dialects/htx.ts";
import { kucoinfutures } from "./dialects/kucoinfutures.ts";
import { okx } from "./dialects/okx.ts";
import { failureOf, observationOf, pollAfter, pollOne, setStage, type Stage } from "./harness.ts";
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

async function pollWith(dialect: Dialect, reply: VenueReply) {
  return pollAfter(await stage(dialect), dialect, reply);
}

describe("what only one venue does", () => {
  it("Binance's 418 lasts until the time in its body", async () => {
    const until = noon + 25 * minuteMs;
    const msg = `Way too many requests; IP(1.2.3.4) banned until ${until}. Please use the websocket.`;
    const { failure } = await pollWith(binance, { json: { code: -1003, msg }, status: 418 });
    expect(failure).toMatchObject({ kind: "cool-down", until });
  });

  it("a ban from the past, or for years, is not believed", async () => {
    const past = await pollWith(binance, {
      json: { code: -1003, msg: `banned until ${noon - 1}` },
      status: 418,
    });
    expect(past.failure.until).toBe(past.clock.now() + minuteMs);
    const years = await pollWith(binance, {
      json: { code: -1003, msg: "banned until 9999999999999" },
      status: 418,
    });
    expect(years.failure.until).toBe(years.clock.now() + 72 * hourMs);
  });

  it("Bybit's 403 means ten minutes", async () => {
    const { failure, clock } = await pollWith(bybit, { text: "access too frequent", status: 403 });
    expect(failure).toMatchObject({ kind: "cool-down", until: clock.now() + 10 * minuteMs });
  });

  it.each<[string, Dialect, string, (now: number) => number]>([
    ["KuCoin's, in ms", kucoinfutures, "gw-ratelimit-reset", () => 12_000],
    ["Bybit's, at a time", bybit, "X-Bapi-Limit-Reset-Timestamp", (now) => now + 12_000],
    ["Gate's, at a time in seconds", gate, "X-Gate-RateLimit-Reset-Timestamp", (now) => now / 1000 + 12],
    ["HTX's, at a time", htx, "ratelimit-reset", (now) => now + 12_000],
  ])("the end of a cool-down is read from %s", async (_claim, dialect, header, value) => {
    const headers = { [header]: String(value(noon + 2 * minuteMs)) };
    const { failure, clock } = await pollWith(dialect, { text: "slow down", status: 429, headers });
    expect(failure).toMatchObject({ kind: "cool-down", until: clock.now() + 12_000 });
  });

  it("a header that makes no sense is a minute", async () => {
    const headers = { "gw-ratelimit-reset": "soon" };
    const { failure, clock } = await pollWith(kucoinfutures, { text: "slow down", status: 429, headers });
    expect(failure.until).toBe(clock.now() + minuteMs);
  });

  it("Bybit's edge turning a country away disables it", async () => {
    const text = "The Amazon CloudFront distribution is configured to block access from your country.";
    expect((await pollWith(bybit, { text, status: 403 })).failure.kind).toBe("disable-venue");
  });

  it.each([
    ["10006 too many visits", { retCode: 10006, retMsg: "Too many visits!", result: {} }, "cool-down"],
    [
      "10001 about something else",
      { retCode: 10001, retMsg: "interval error", result: { symbol: "" } },
      "retry",
    ],
    ["10016 system error", { retCode: 10016, retMsg: "System error.", result: {} }, "retry"],
    [
      "10024 compliance rules",
      { retCode: 10024, retMsg: "Compliance rules triggered", result: {} },
      "disable-venue",
    ],
  ])("Bybit's %s", async (_name, json, kind) => {
    expect((await pollWith(bybit, { json })).failure.kind).toBe(kind);
  });

  it.each([
    ["50011 too many requests", "50011", "cool-down"],
    ["50001 matching engine upgrading", "50001", "retry"],
  ])("OKX's %s", async (_name, code, kind) => {
    expect((await pollWith(okx, { json: { code, msg: "", data: [] } })).failure.kind).toBe(kind);
  });

  it.each([
    ["halved where one side isn't named", { singleOpenInterest: "", openInterest: "1000" }, 500],
    ["halved where the field isn't there", { singleOpenInterest: undefined, openInterest: "1000" }, 500],
    ["the named one side, whatever the sum", { singleOpenInterest: "700", openInterest: "1000" }, 700],
  ])("Bybit's open interest is %s", async (_name, change, openInterest) => {
    const { venue, server, clock } = await stage(bybit);
    server.on(bybit.paths.mark, () => ({ json: bybit.markAnswer(truth, change, clock.now()) }));
    expect(await pollOne(venue)).toMatchObject({ ok: true, observation: { openInterest } });
  });

  it("Gate's statistics tell what was liquidated, in the bar that began at the row's time", async () => {
    const { venue } = await stage(gate);
    const outcome = await pollOne(venue);
    const bars = outcome.ok ? outcome.observation.closedBars : [];
    expect(bars).toHaveLength(2);
    for (const bar of bars) {
      expect(bar.longLiquidations).toBeCloseTo(gateLiquidated.long * 0.0001, 9);
      expect(bar.shortLiquidations).toBeCloseTo(gateLiquidated.short * 0.0001, 9);
    }
    expect(outcome).not.toHaveProperty("observation.formingBar.longLiquidations");
  });

  it("Gate's ratio of nobody is no ratio, and its open interest counts", async () => {
    const { venue, server, clock } = await stage(gate);
    const good = gate.routes(truth, clock.now)[gate.paths.history];
    server.on(gate.paths.history, async (request) => {
      const reply = await good?.(request);
      const text = JSON.stringify(reply !== undefined && "json" in reply ? reply.json : []);
      return { text: text.replaceAll(/"lsr_account":[\d.]+/g, '"lsr_account":0') };
    });
    const outcome = await pollOne(venue);
    const [bar] = outcome.ok ? outcome.observation.closedBars : [];
    expect(bar?.openInterest).toBeCloseTo(truth.openInterest(noon - barMs), 6);
    expect(bar).not.toHaveProperty("longShortRatio");
  });

  it.each([
    ["Gate's TOO_MANY_REQUESTS", gate, { label: "TOO_MANY_REQUESTS", message: "slow" }, "cool-down"],
    ["Bitget's 429", bitget, { code: "429", msg: "Too Many Requests", data: null }, "cool-down"],
    ["MEXC's 510", mexc, { success: false, code: 510, message: "too frequent" }, "cool-down"],
    ["Kraken's apiLimitExceeded", krakenfutures, { result: "error", error: "apiLimitExceeded" }, "cool-down"],
  ])("%s is a cool-down", async (_name, dialect, json, kind) => {
    expect((await pollWith(dialect, { json })).failure.kind).toBe(kind);
  });

  it("Hyperliquid's lists that don't match are malformed", async () => {
    const { failure } = await pollWith(hyperliquid, { json: [{ universe: [{ name: "BTC" }] }, []] });
    expect(failure.reason).toMatch(/malformed: context is not an object/);
  });

  it.each([bitget, hyperliquid, mexc, krakenfutures])(
    "$id keeps no open interest: a closed bar shows the sample nearest to its close",
    async (dialect) => {
      const { venue, clock } = await stage(dialect);
      clock.set(noon - 20_000);
      await pollOne(venue);
      clock.set(noon + 40_000);
      const outcome = await pollOne(venue, { symbol: "BTC", cursor: noon - 2 * barMs });
      const bars = outcome.ok ? outcome.observation.closedBars : [];
      expect(bars.map(({ openTime }) => openTime)).toEqual([noon - barMs]);
      expect(bars[0]?.openInterest).toBeCloseTo(truth.openInterest(noon - 20_000), 6);
    },
  );

  it.each([bitget, hyperliquid, mexc, krakenfutures])(
    "$id's open interest at a close that no poll was near lies between those before and after it",
    async (dialect) => {
      const { venue, clock } = await stage(dialect);
      clock.set(noon - 2 * minuteMs);
      await pollOne(venue);
      clock.set(noon + 2 * minuteMs);
      const outcome = await pollOne(venue, { symbol: "BTC", cursor: noon - 2 * barMs });
      const [bar] = outcome.ok ? outcome.observation.closedBars : [];
      expect(bar?.openInterest).toBeCloseTo(truth.openInterest(noon), 6);
    },
  );

  it.each([bitget, hyperliquid, mexc, krakenfutures])(
    "$id's history ends with today's open interest, for the model to spread over the prices before",
    async (dialect) => {
      const { venue, clock } = await stage(dialect);
      const outcome = await venue.backfill("BTC", noon - hourMs, noon);
      const bars = outcome.ok ? outcome.bars : [];
      expect(bars.slice(0, -1).some((bar) => "openInterest" in bar)).toBe(false);
      expect(bars.at(-1)?.openInterest).toBeCloseTo(truth.openInterest(clock.now()), 6);
    },
  );

  it("a symbol the venue refuses three times is left alone for ten minutes", async () => {
    const { venue, server, clock } = await stage(binance);
    server.on(binance.paths.candles, () => ({
      json: { code: -1130, msg: "Data sent is not valid." },
      status: 400,
    }));
    for (let round = 0; round < 3; round += 1) await pollOne(venue);
    server.forgetRequests();
    expect(failureOf(await pollOne(venue)).kind).toBe("retry");
    expect(server.requests).toEqual([]);
    server.serve(binance.routes(truth, clock.now));
    clock.advance(10 * minuteMs);
    expect((await pollOne(venue)).ok).toBe(true);
  });
});

describe("Gate's two figures of open interest", () => {
  const factor = (by: number) => async (built: Stage) => {
    const good = gate.routes(truth, built.clock.now)[gate.paths.history];
    built.server.on(gate.paths.history, async (request) => {
      const reply = await good?.(request);
      if (reply === undefined || !("json" in reply) || !Array.isArray(reply.json)) throw new Error("no rows");
      const rows: readonly object[] = reply.json;
      return {
        json: rows.map((row) => ({ ...row, open_interest: by * Number(Reflect.get(row, "open_interest")) })),
      };
    });
  };

  it.each([
    [2, "one of which counts both sides"],
    [0.5, "one of which counts half"],
  ])("contradict each other (× %d), %s: the history is refused, and never doubles a map", async (by) => {
    const causes: string[] = [];
    const built = await setStage(gate, { onRefusal: (cause) => causes.push(cause) });
    stages.push(built);
    await factor(by)(built);
    const { closedBars, openInterest } = observationOf(await pollOne(built.venue));
    expect(openInterest).toBeCloseTo(truth.openInterest(built.clock.now()), 6);
    expect(causes).toEqual(["malformed"]);
    for (const bar of closedBars) {
      expect((bar.openInterest ?? openInterest) / openInterest).toBeCloseTo(1, 0);
      // the rest of its rows is as good as before
      expect(bar.longShortRatio).toBe(truth.longShortRatio);
    }
    const read = await built.venue.backfill("BTC", noon - 12 * barMs, noon);
    if (!read.ok) throw new Error(read.failure.reason);
    for (const bar of read.bars) expect((bar.openInterest ?? openInterest) / openInterest).toBeCloseTo(1, 0);
  });

  it("may differ by what a market does in minutes", async () => {
    const causes: string[] = [];
    const built = await setStage(gate, { onRefusal: (cause) => causes.push(cause) });
    stages.push(built);
    await factor(1.3)(built);
    const { closedBars } = observationOf(await pollOne(built.venue));
    expect(causes).toEqual([]);
    expect(closedBars[0]?.openInterest).toBeGreaterThan(1.2 * truth.openInterest(noon));
  });
});
