import { describe, expect, test } from "vitest";
import { binanceusdm } from "../../../src/sim/dialects/binanceusdm.ts";
import { bybit } from "../../../src/sim/dialects/bybit.ts";
import { type Dialect, durationOf } from "../../../src/sim/dialects/dialect.ts";
import { bitget } from "../../../src/sim/dialects/bitget.ts";
import { gate } from "../../../src/sim/dialects/gate.ts";
import { htx } from "../../../src/sim/dialects/htx.ts";
import { hyperliquid } from "../../../src/sim/dialects/hyperliquid.ts";
import { krakenfutures } from "../../../src/sim/dialects/krakenfutures.ts";
import { mexc } from "../../../src/sim/dialects/mexc.ts";
import { okx } from "../../../src/sim/dialects/okx.ts";
import { ask, barMs, noon, smallWorld } from "../builders.ts";

const venues = [binanceusdm, bybit, okx, gate, bitget, mexc, krakenfutures, hyperliquid];
const world = smallWorld({ venues: venues.map(({ profile }) => profile) });
const gateCandles = "/api/v4/futures/usdt/candlesticks?contract=BTC_USDT&interval=5m";
world.advanceTo(noon + barMs / 2);
const body = (dialect: Dialect, address: string): unknown => ask(world, dialect, address).body;

describe("what isn't there is refused in the venue's own words", () => {
  test.each([
    [binanceusdm, "/fapi/v1/openInterest?symbol=NOPE", 400, { code: -1121, msg: "Invalid symbol." }],
    [binanceusdm, "/fapi/v1/klines?symbol=BTCUSDT&interval=7x", 400, { code: -1120 }],
    [binanceusdm, "/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=1501", 400, { code: -1130 }],
    [binanceusdm, "/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&limit=501", 400, { code: -1130 }],
    [
      binanceusdm,
      "/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&startTime=1",
      400,
      { code: -1130 },
    ],
    [bybit, "/v5/market/tickers?category=linear&symbol=NOPE", 200, { retCode: 10001 }],
    [bybit, "/v5/market/kline?category=inverse&symbol=BTCUSDT&interval=5", 200, { retCode: 10001 }],
    [bybit, "/v5/market/account-ratio?category=linear&symbol=BTCUSDT&period=5m", 200, { retCode: 10001 }],
    [okx, "/api/v5/market/candles?instId=NOPE-USDT-SWAP", 200, { code: "51001", data: [] }],
    [okx, "/api/v5/public/position-tiers?instType=SWAP&instFamily=NOPE-USDT", 200, { code: "51001" }],
    [gate, "/api/v4/futures/usdt/contract_stats?contract=NOPE_USDT", 400, { label: "CONTRACT_NOT_FOUND" }],
    [gate, `${gateCandles}&limit=3&from=1`, 400, { label: "INVALID_PARAM_VALUE" }],
    [gate, "/api/v4/futures/usdt/liq_orders?from=1&to=4000", 400, { label: "INVALID_PARAM_VALUE" }],
    [bitget, "/api/v2/mix/market/candles?symbol=NOPE&granularity=5m", 400, { code: "40309" }],
    [
      bitget,
      "/api/v2/mix/market/history-candles?symbol=BTCUSDT&granularity=5m&limit=201",
      400,
      { code: "40017" },
    ],
    [mexc, "/api/v1/contract/kline/NOPE_USDT?interval=Min5", 200, { success: false, code: 1001 }],
    [mexc, "/api/v1/contract/kline/BTC_USDT?interval=Min7x", 200, { success: false, code: 600 }],
    [krakenfutures, "/api/charts/v1/trade/PF_NOPEUSD/5m", 404, { error: "contractNotFound" }],
    [krakenfutures, "/api/charts/v1/rumour/PF_XBTUSD/5m", 400, { error: "invalidArgument" }],
  ] as const)("%o %s", (dialect, address, status, expected) => {
    expect(ask(world, dialect, address)).toMatchObject({ status, body: expected });
  });

  test.each([
    [{ type: "l2Book", coin: "NOPE" }, 500],
    [{ type: "candleSnapshot", req: { coin: "BTC", interval: "7x", startTime: 0 } }, 422],
    [{ type: "clearinghouseState", user: "0x12" }, 422],
    [{ type: "weather" }, 422],
    [undefined, 422],
  ])("hyperliquid %j", (posted, status) => {
    expect(ask(world, hyperliquid, "/info", posted).status).toBe(status);
  });

  test.each(venues)("$profile.id has no such path", (dialect) => {
    expect(ask(world, dialect, "/nothing/here").status).toBe(404);
  });
});

describe("inverse contracts are told in their own unit", () => {
  const both = smallWorld({ venues: [bybit, okx, htx].map(({ profile }) => profile), inverse: true });
  const answer = (dialect: Dialect, address: string): unknown => ask(both, dialect, address).body;
  const worth = (venue: string): number => {
    const { bids = [] } = both.contract("BTC", venue)?.book() ?? {};
    return bids.slice(0, 25).reduce((usd, [at, base]) => usd + at * base, 0);
  };
  const total = (rows: unknown): number =>
    Array.isArray(rows) ? rows.reduce((sum: number, row) => sum + Number(row[1]), 0) : Number.NaN;

  test("Bybit's books in dollars", () => {
    const address = "/v5/market/orderbook?category=inverse&symbol=BTCUSD&limit=25";
    const bids = total(Reflect.get(Object(Reflect.get(Object(answer(bybit, address)), "result")), "b"));
    expect(bids / worth("bybit:inverse")).toBeCloseTo(1, 3);
  });

  test("OKX's books in contracts of a hundred", () => {
    const address = "/api/v5/market/books-full?instId=BTC-USD-SWAP&sz=25";
    const [book] = Object.values(Object(Reflect.get(Object(answer(okx, address)), "data")));
    const bids = total(Reflect.get(Object(book), "bids"));
    expect((100 * bids) / worth("okx:inverse")).toBeCloseTo(1, 3);
  });

  test.each([
    [bybit, "/v5/market/kline?category=inverse&symbol=BTCUSDT&interval=5", { retCode: 10001 }],
    [bybit, "/v5/market/kline?category=linear&symbol=BTCUSD&interval=5", { retCode: 10001 }],
    [htx, "/v5/market/open_interest?contract_code=BTC-USD", { err_code: 1013 }],
    [htx, "/swap-api/v1/swap_open_interest?contract_code=BTC-USDT", { err_code: 1013 }],
    [htx, "/swap-api/v3/swap_liquidation_orders?contract=BTC-USD", { err_code: 1030 }],
    [okx, "/api/v5/market/candles?instId=SOL-USD-SWAP", { code: "51001" }],
  ] as const)("%o knows nothing at %s", (dialect, address, expected) => {
    expect(answer(dialect, address)).toMatchObject(expected);
  });
});

const window = (from: string, to: string): string => `${from}=${noon - 10 * barMs}&${to}=${noon - barMs - 1}`;
const times = (dialect: Dialect, address: string, pick: (answer: unknown) => unknown): unknown =>
  pick(body(dialect, address));
const first = (rows: unknown): unknown => (Array.isArray(rows) ? rows.map((row) => Number(row[0])) : rows);
const field = (name: string) => (answer: unknown) => Reflect.get(Object(answer), name);

describe("pages", () => {
  const expected = [10, 9, 8, 7].map((bars) => noon - bars * barMs);
  const newest = [2, 3, 4, 5].map((bars) => noon - bars * barMs);

  test("Binance pages forwards from the start, oldest first", () => {
    const address = `/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=4&${window("startTime", "endTime")}`;
    expect(times(binanceusdm, address, first)).toEqual(expected);
  });

  test("Binance gives what statistics there are when asked for more", () => {
    const address = "/futures/data/openInterestHist?symbol=BTCUSDT&period=1h&limit=500";
    expect(body(binanceusdm, address)).toHaveLength(12);
  });

  test("Bybit pages backwards from the end, newest first", () => {
    const address = `/v5/market/kline?category=linear&symbol=BTCUSDT&interval=5&limit=4&${window("start", "end")}`;
    const rows = field("list")(field("result")(body(bybit, address)));
    expect(first(rows)).toEqual(newest);
  });

  test("OKX gives rows strictly between before and after, newest first, closed ones only in history", () => {
    const bounds = `after=${noon - barMs}&before=${noon - 11 * barMs}`;
    const address = `/api/v5/market/history-candles?instId=BTC-USDT-SWAP&bar=5m&limit=4&${bounds}`;
    expect(first(field("data")(body(okx, address)))).toEqual(newest);
  });

  test("OKX's history holds closed candles only, its newest ones end with the forming one", () => {
    const newestOf = (path: string): unknown =>
      first(field("data")(body(okx, `/api/v5/market/${path}?instId=BTC-USDT-SWAP&bar=5m&limit=1`)));
    expect(newestOf("candles")).toEqual([noon]);
    expect(newestOf("history-candles")).toEqual([noon - barMs]);
  });

  test("Bybit's open interest goes on where its cursor says, without repeating a row", () => {
    const path = "/v5/market/open-interest?category=linear&symbol=BTCUSDT&intervalTime=5min&limit=3";
    const page = (query: string): unknown => field("result")(body(bybit, path + query));
    const stamps = (result: unknown): number[] =>
      Object.values(Object(field("list")(result))).map((row) => Number(field("timestamp")(row)));
    const one = page("");
    const two = page(`&cursor=${String(field("nextPageCursor")(one))}`);
    const back = [0, 1, 2, 3, 4, 5].map((bars) => noon - bars * barMs);
    expect([...stamps(one), ...stamps(two)]).toEqual(back);
  });

  const parsed = (rows: unknown, name: string): unknown =>
    Array.isArray(rows) ? rows.map((row) => Reflect.get(Object(row), name)) : rows;

  test("Gate's candles of a window hold both its ends, in seconds; its marks go by another name", () => {
    const bounds = `&from=${(noon - 10 * barMs) / 1_000}&to=${(noon - 7 * barMs) / 1_000}`;
    const inSeconds = expected.map((time) => time / 1_000);
    expect(parsed(body(gate, gateCandles + bounds), "t")).toEqual(inSeconds);
    const marks = gateCandles.replace("BTC_", "mark_BTC_") + bounds;
    expect(parsed(body(gate, marks), "t")).toEqual(inSeconds);
    expect(parsed(body(gate, marks), "v")).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("Gate's liquidations add up to what its statistics say of the bars", () => {
    const stormy = smallWorld({ venues: [gate.profile] });
    stormy.advanceTo(noon + 10 * barMs);
    const get = (address: string): object[] => Object.values(Object(ask(stormy, gate, address).body));
    const stats = get("/api/v4/futures/usdt/contract_stats?contract=BTC_USDT&interval=5m&limit=11");
    const orders = get(`/api/v4/futures/usdt/liq_orders?contract=BTC_USDT&from=${noon / 1_000}&limit=1000`);
    const sizes = orders.map((order) => Number(field("size")(order)));
    const total = (name: string): number => stats.reduce((sum, row) => sum + Number(field(name)(row)), 0);
    const sum = (sign: 1 | -1): number =>
      sizes.filter((size) => size * sign > 0).reduce((all, size) => all + size * sign, 0);
    expect(stats.map(field("time"))[0]).toBe(noon / 1_000);
    expect(sizes.length).toBeGreaterThan(10);
    expect([total("long_liq_size"), total("short_liq_size")]).toEqual([sum(1), sum(-1)]);
  });

  test("Bitget's window leaves its end out", () => {
    const path = "/api/v2/mix/market/history-candles?symbol=BTCUSDT&granularity=5m&limit=4";
    const bounds = `&startTime=${noon - 10 * barMs}&endTime=${noon - 6 * barMs}`;
    expect(first(field("data")(body(bitget, path + bounds)))).toEqual(expected);
  });

  test("MEXC gives candles as columns, in seconds", () => {
    const bounds = `&start=${(noon - 10 * barMs) / 1_000}&end=${(noon - 7 * barMs) / 1_000}`;
    const columns = field("data")(body(mexc, `/api/v1/contract/kline/BTC_USDT?interval=Min5${bounds}`));
    expect(field("time")(columns)).toEqual(expected.map((time) => time / 1_000));
    expect(field("close")(columns)).toHaveLength(4);
  });

  test("Kraken gives candles of a window in milliseconds, and says whether there are more", () => {
    const bounds = `?from=${(noon - 10 * barMs) / 1_000}&to=${(noon - 7 * barMs) / 1_000}`;
    const answer = body(krakenfutures, `/api/charts/v1/trade/PF_XBTUSD/5m${bounds}`);
    expect(parsed(field("candles")(answer), "time")).toEqual(expected);
    expect(field("more_candles")(answer)).toBe(false);
  });

  test("Bybit ignores a lone startTime, as the venue does", () => {
    const path = "/v5/market/open-interest?category=linear&symbol=BTCUSDT&intervalTime=5min&limit=1";
    const expected = { result: { list: [{ timestamp: String(noon) }] } };
    expect(body(bybit, `${path}&startTime=${noon + barMs}`)).toMatchObject(expected);
  });
});

test.each([
  ["5m", 300_000],
  ["5min", 300_000],
  ["1H", 3_600_000],
  ["1Dutc", 86_400_000],
  ["5", undefined],
  ["", undefined],
])("a period of %s is %s ms", (text, expected) => {
  expect(durationOf(text)).toBe(expected);
});
