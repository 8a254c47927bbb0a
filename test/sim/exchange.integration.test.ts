import { once } from "node:events";
import { Agent } from "node:http";
import { BadRequest, BadSymbol, type Exchange, ExchangeNotAvailable, NetworkError, pro } from "ccxt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { scaledClock } from "../../src/ops/clock.ts";
import type { FaultKind, SimulatedExchange } from "../../src/sim/contracts.ts";
import { simulatedVenues, startSimulatedExchange } from "../../src/sim/exchange.ts";
import { quietStoryline } from "../../src/sim/storyline.ts";
import { barMs, dayMs, handClock, minuteMs, noon, wild } from "./builders.ts";
import { patient } from "../support/patience.ts";

const market = "BTC/USDT:USDT";
const hourMs = 3_600_000;
/** The venues whose liquidations come over websockets; the others are held to their adapters in venues.integration. */
const wired = ["binanceusdm", "bybit", "okx"];

/** Sends a client of the unmodified library to the exchange, each URL keeping its own path. */
function client<Venue extends Exchange>(exchange: SimulatedExchange, venue: Venue): Venue {
  const rest = `${exchange.baseUrl}/${venue.id}`;
  const move = (value: unknown): unknown => {
    if (typeof value === "string") {
      return value.replace(/^https:\/\/[^/]+/, rest).replace(/^wss:\/\/[^/]+/, rest.replace("http", "ws"));
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, move(item)]));
  };
  Object.assign(venue.urls, { api: move(venue.urls.api) });
  venue.httpAgent = new Agent();
  venue.has["fetchCurrencies"] = false;
  return venue;
}

/** Only what the exchange lists; the rest of each venue isn't there. */
const optionsFor = (types: string) => ({
  enableRateLimit: false,
  timeout: 5_000,
  options: { fetchMarkets: { types: [types] } },
});

function clientsOf(exchange: SimulatedExchange) {
  return {
    binanceusdm: client(exchange, new pro.binanceusdm(optionsFor("linear"))),
    bybit: client(exchange, new pro.bybit(optionsFor("linear"))),
    okx: client(exchange, new pro.okx(optionsFor("swap"))),
  };
}

describe("the simulated exchange through unmodified ccxt", () => {
  const clock = handClock(noon + 2 * minuteMs + 30_000);
  let exchange: SimulatedExchange;
  let clients: ReturnType<typeof clientsOf>;

  beforeAll(async () => {
    exchange = await startSimulatedExchange({
      clock,
      seed: 2,
      symbols: ["BTC", "ETH"],
      venues: wired,
      storyline: wild,
      historyMs: dayMs,
    });
    clients = clientsOf(exchange);
  });
  afterAll(async () => {
    await Promise.all(Object.values(clients).map(async (venue) => venue.close()));
    await exchange.close();
  });

  const each = wired.map((id) => [id] as const);
  const venueOf = (id: string): Exchange => {
    const found = Object.values(clients).find((venue) => venue.id === id);
    if (found === undefined) throw new Error(`no client of ${id}`);
    return found;
  };

  test.each(each)("%s lists linear perpetuals", async (id) => {
    const markets = await venueOf(id).loadMarkets();
    expect(Object.keys(markets).toSorted()).toEqual([market, "ETH/USDT:USDT"]);
    expect(markets[market]).toMatchObject({ linear: true, swap: true, active: true, settle: "USDT" });
    expect(markets[market]?.contractSize).toBe(id === "okx" ? 0.01 : 1);
  });

  test.each(each)("%s shows the world's mark price", async (id) => {
    const truth = exchange.world.truth("BTC", id);
    const shown =
      id === "okx"
        ? (await venueOf(id).fetchMarkPrices([market]))[market]?.markPrice
        : (await venueOf(id).fetchFundingRates([market]))[market]?.markPrice;
    expect(shown).toBeCloseTo(truth.markPrice, 0);
  });

  test.each(each)("%s shows 5m candles that end with the forming one", async (id) => {
    const rows = await venueOf(id).fetchOHLCV(market, "5m", undefined, 30);
    expect(rows).toHaveLength(30);
    expect(rows.map(([time]) => time)).toEqual(rows.map((_, index) => noon - (29 - index) * barMs));
    const marks = await venueOf(id).fetchOHLCV(market, "5m", undefined, 3, { price: "mark" });
    expect(marks.at(-1)?.[4]).toBeCloseTo(exchange.world.truth("BTC", id).markPrice, 0);
  });

  test("volumes are of one size in base units; OKX counts contracts beside them", async () => {
    const turnovers = await Promise.all(
      wired.map(async (id) => {
        const rows = await venueOf(id).fetchOHLCV(market, "1h", noon - 4 * hourMs, 2);
        return (rows[0]?.[5] ?? Number.NaN) / exchange.world.truth("BTC", id).openInterest;
      }),
    );
    expect(Math.max(...turnovers) / Math.min(...turnovers)).toBeLessThan(5);
    const { data } = await clients.okx.publicGetMarketCandles({ instId: "BTC-USDT-SWAP", bar: "5m" });
    const [, , , , , contracts, base] = data[0];
    expect(Number(contracts) * 0.01).toBeCloseTo(Number(base), 4);
  });

  test("Binance's open interest is in base units, one side", async () => {
    const { openInterestAmount } = await clients.binanceusdm.fetchOpenInterest(market);
    expect(openInterestAmount).toBeCloseTo(exchange.world.truth("BTC", "binanceusdm").openInterest, 3);
  });

  test("Bybit's is in base units of both sides, with the single one beside it", async () => {
    const { openInterest } = exchange.world.truth("BTC", "bybit");
    const { info } = await clients.bybit.fetchTicker(market);
    expect(Number(info.openInterest)).toBeCloseTo(2 * openInterest, 3);
    expect(Number(info.singleOpenInterest)).toBeCloseTo(openInterest, 3);
  });

  test("OKX's is in contracts, with base units and dollars beside it", async () => {
    const { openInterest, markPrice } = exchange.world.truth("BTC", "okx");
    const { [market]: shown } = await clients.okx.fetchOpenInterests([market]);
    expect(shown?.openInterestAmount).toBeCloseTo(openInterest / 0.01, 1);
    expect(shown?.baseVolume).toBeCloseTo(openInterest, 3);
    expect((shown?.openInterestValue ?? 0) / (openInterest * markPrice)).toBeCloseTo(1, 6);
  });

  test("open interest has a history, a row at each bar's close", async () => {
    const close = noon;
    const binance = await clients.binanceusdm.fetchOpenInterestHistory(market, "5m", undefined, 500);
    expect(binance.at(-1)?.timestamp).toBe(close);
    expect(binance).toHaveLength(288);
    const bybit = await clients.bybit.fetchOpenInterestHistory(market, "5m", undefined, 200);
    expect(bybit.map(({ timestamp }) => timestamp)).toContain(close);
    expect(bybit).toHaveLength(200);
    const okx = await clients.okx.fetchOpenInterestHistory(market, "5m");
    expect(okx.map(({ timestamp }) => timestamp)).toContain(close);
  });

  test("long and short accounts are told as a ratio", async () => {
    const binance = await clients.binanceusdm.fetchLongShortRatioHistory(market, "5m", undefined, 3);
    const bybit = await clients.bybit.fetchLongShortRatioHistory(market, "5min", undefined, 3);
    const okx = await clients.okx.fetchLongShortRatioHistory(market, "5m", undefined, 3);
    for (const rows of [binance, bybit, okx]) {
      expect(rows).toHaveLength(3);
      expect(rows.every(({ longShortRatio = 0 }) => longShortRatio > 0.2 && longShortRatio < 5)).toBe(true);
    }
  });

  test("funding comes with its next time", async () => {
    const rates = await Promise.all(
      Object.values(clients).map(async (venue) => venue.fetchFundingRate(market)),
    );
    for (const { fundingRate, fundingTimestamp } of rates) {
      expect(Math.abs(fundingRate ?? 1)).toBeLessThan(0.003);
      expect(fundingTimestamp).toBe(noon + 4 * hourMs);
    }
  });

  test("public leverage tiers: Bybit's in quote, OKX's in contracts", async () => {
    const bybit = await clients.bybit.fetchMarketLeverageTiers(market);
    expect(bybit[0]).toMatchObject({
      maxNotional: 2_000_000,
      maintenanceMarginRate: 0.005,
      maxLeverage: 100,
    });
    const okx = await clients.okx.fetchMarketLeverageTiers(market);
    const { markPrice } = exchange.world.truth("BTC", "okx");
    expect(((okx[0]?.maxNotional ?? 0) * 0.01 * markPrice) / 1_000_000).toBeCloseTo(1, 2);
  });

  test.each(each)("%s shows an order book around its price", async (id) => {
    const { bids, asks } = await venueOf(id).fetchOrderBook(market, id === "okx" ? 400 : 500);
    const { markPrice } = exchange.world.truth("BTC", id);
    expect((bids.at(-1)?.[0] ?? 0) / markPrice).toBeCloseTo(0.95, 2);
    expect((asks.at(-1)?.[0] ?? 0) / markPrice).toBeCloseTo(1.05, 2);
    expect(bids[0]?.[0] ?? 0).toBeLessThan(asks[0]?.[0] ?? 0);
  });

  test.each(each)("%s tells its own time, which is the world's", async (id) => {
    expect(await venueOf(id).fetchTime()).toBe(exchange.world.now());
  });

  test("an unknown symbol is a BadSymbol", async () => {
    const ask = async (): Promise<unknown> =>
      clients.binanceusdm.fetchOHLCV(market, "5m", undefined, 1, { symbol: "NOPE" });
    await expect(ask()).rejects.toThrow(BadSymbol);
    await expect(clients.okx.publicGetPublicFundingRate({ instId: "NOPE" })).rejects.toThrow(BadSymbol);
    await expect(
      clients.bybit.publicGetV5MarketTickers({ category: "linear", symbol: "NOPE" }),
    ).rejects.toThrow(BadRequest);
  });

  test.each<[FaultKind, typeof NetworkError]>([
    ["bad-gateway", ExchangeNotAvailable],
    ["rate-limited", NetworkError],
  ])("a venue with %s fails alone, as ccxt knows it, until it is mended", async (kind, error) => {
    for (const [id, venue] of Object.entries(clients)) {
      exchange.world.fault(id, kind);
      await expect(venue.fetchTime()).rejects.toThrow(error);
      const others = Object.values(clients).filter((other) => other !== venue);
      await Promise.all(others.map(async (other) => other.fetchTime()));
      exchange.world.fault(id, undefined);
      await venue.fetchTime();
    }
  });

  test("a web page with status 200 has nothing in it", async () => {
    exchange.world.fault("binanceusdm", "html");
    const answer: unknown = await clients.binanceusdm.fapiPublicGetOpenInterest({ symbol: "BTCUSDT" });
    exchange.world.fault("binanceusdm", undefined);
    expect(answer).toMatch(/^<!doctype html>/);
  });

  test("a hanging venue doesn't answer", async () => {
    exchange.world.fault("bybit", "hang");
    const asked = fetch(`${exchange.baseUrl}/bybit/v5/market/time`, { signal: AbortSignal.timeout(100) });
    await expect(asked).rejects.toThrow("timeout");
    exchange.world.fault("bybit", undefined);
  });

  test("a slow venue answers when 20 s of the world have passed", async () => {
    exchange.world.fault("okx", "slow");
    let answered = false;
    const asked = fetch(`${exchange.baseUrl}/okx/api/v5/public/time`).then((response) => {
      answered = true;
      return response.status;
    });
    // another request behind it on the wire: when that is answered, the slow one has been taken up
    await fetch(`${exchange.baseUrl}/bybit/v5/market/time`);
    expect(answered).toBe(false);
    await vi.waitFor(() => {
      clock.advance(20_000);
      expect(answered).toBe(true);
    }, patient);
    exchange.world.fault("okx", undefined);
    expect(await asked).toBe(200);
  });

  test("liquidations come over the websockets, as truly as each venue tells them", async () => {
    const heard = hear(clients);
    const known = Object.fromEntries(wired.map((id) => [id, lastOf(exchange, id)]));
    // Bybit's stream is complete between the first push heard and the last
    const between = (): readonly number[] => {
      const times = heard.of("bybit").map(({ time }) => time);
      return exchange.world
        .liquidations("BTC", "bybit", known["bybit"])
        .map(({ time }) => time)
        .filter((time) => time >= Math.min(...times) && time < Math.max(...times) - 10_000);
    };
    await vi.waitFor(() => {
      clock.advance(5 * minuteMs);
      for (const id of wired) expect(heard.of(id).length).toBeGreaterThan(3);
      expect(between().length).toBeGreaterThan(0);
    }, patient);
    for (const id of wired) {
      const truths = exchange.world.liquidations("BTC", id, known[id]);
      for (const print of heard.of(id)) {
        expect(truths).toContainEqual(expect.objectContaining(print));
      }
    }
    expect(heard.of("bybit").map(({ time }) => time)).toEqual(expect.arrayContaining([...between()]));
  });

  test("a venue that goes down drops its listeners and lets none in", async () => {
    const url = `${exchange.baseUrl.replace("http", "ws")}/bybit/v5/public/linear`;
    const listener = new WebSocket(url);
    await once(listener, "open");
    exchange.world.fault("bybit", "bad-gateway");
    const dropped = once(listener, "close");
    clock.advance(10_000);
    await dropped;
    await expect(once(new WebSocket(url), "open")).rejects.toThrow("502");
    exchange.world.fault("bybit", undefined);
    const back = new WebSocket(url);
    await once(back, "open");
    back.close();
  });

  test("what a listener writes can't break it", async () => {
    const listener = new WebSocket(`${exchange.baseUrl.replace("http", "ws")}/okx/ws/v5/public`);
    await once(listener, "open");
    const answers: string[] = [];
    listener.on("message", (data: Buffer) => answers.push(data.toString("utf8")));
    listener.send("{ not json");
    listener.send("ping");
    await vi.waitFor(() => expect(answers).toHaveLength(2), patient);
    expect(answers[1]).toBe("pong");
    listener.send(Buffer.from([1, 2, 3]));
    await once(listener, "close");
  });
});

const lastOf = (exchange: SimulatedExchange, id: string): number =>
  exchange.world.liquidations("BTC", id).reduce((last, { sequence }) => Math.max(last, sequence), 0);

interface Print {
  readonly liquidatedSide: "long" | "short";
  readonly time: number;
}

/** Listens beside ccxt's own handlers, which drop all but one of several events. */
function hear(clients: ReturnType<typeof clientsOf>) {
  const prints = new Map<string, Print[]>();
  const note = (id: string, print: Print): void => {
    prints.set(id, [...(prints.get(id) ?? []), print]);
  };
  tap(clients.binanceusdm, (message) => {
    const { o } = message;
    if (o?.s !== "BTCUSDT") return;
    note("binanceusdm", { liquidatedSide: o.S === "SELL" ? "long" : "short", time: o.T });
  });
  tap(clients.bybit, (message) => {
    for (const { S, T } of message.data ?? []) {
      note("bybit", { liquidatedSide: S === "Buy" ? "long" : "short", time: T });
    }
  });
  tap(clients.okx, (message) => {
    for (const { instId, details } of message.data ?? []) {
      if (instId !== "BTC-USDT-SWAP") continue;
      for (const { posSide, ts } of details) note("okx", { liquidatedSide: posSide, time: Number(ts) });
    }
  });
  const failures: unknown[] = [];
  const watch = (promise: Promise<unknown>): void => {
    promise.catch((error: unknown) => failures.push(error));
  };
  watch(clients.binanceusdm.watchLiquidationsForSymbols([]));
  watch(clients.bybit.watchLiquidations(market));
  watch(watchAllSwaps(clients.okx));
  return { of: (id: string): readonly Print[] => prints.get(id) ?? [] };
}

/** Without an argument: its type wants a list of symbols, and of an empty one it would wait forever. */
async function watchAllSwaps(okx: Exchange): Promise<unknown> {
  const watch: unknown = Reflect.get(okx, "watchLiquidationsForSymbols");
  return typeof watch === "function" ? Reflect.apply(watch, okx, []) : undefined;
}

function tap(venue: Exchange, listen: (message: ReturnType<typeof JSON.parse>) => void): void {
  const handle: unknown = Reflect.get(venue, "handleLiquidation");
  if (typeof handle !== "function") throw new TypeError("ccxt has no handleLiquidation");
  Reflect.set(venue, "handleLiquidation", (...given: unknown[]) => {
    Reflect.apply(handle, venue, given);
    listen(given[1]);
  });
}

describe("its clock and its port", () => {
  test("an hour of the world passes while a fast clock says so", async () => {
    const clock = scaledClock(3_600, noon);
    const exchange = await startSimulatedExchange({
      clock,
      seed: 1,
      symbols: ["SOL"],
      venues: ["okx"],
      storyline: quietStoryline,
      historyMs: hourMs,
    });
    await vi.waitFor(async () => {
      const answer = await fetch(`${exchange.baseUrl}/okx/api/v5/public/time`);
      expect(await answer.text()).toMatch(/"ts":"\d+"/);
      expect(exchange.world.now()).toBeGreaterThan(noon + hourMs);
    }, patient);
    expect(exchange.world.now()).toBeLessThanOrEqual(clock.now());
    await exchange.close();
    await expect(fetch(exchange.baseUrl)).rejects.toThrow("fetch failed");
  });

  test("it says which venues it can simulate", async () => {
    const start = startSimulatedExchange({
      clock: handClock(noon),
      seed: 1,
      symbols: ["BTC"],
      venues: ["kraken"],
      storyline: quietStoryline,
    });
    await expect(start).rejects.toThrow(
      `kraken cannot be simulated; these can: ${simulatedVenues.join(", ")}`,
    );
  });
});
