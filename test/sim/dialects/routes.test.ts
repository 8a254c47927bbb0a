import { describe, expect, test } from "vitest";
import { binanceusdm } from "../../../src/sim/dialects/binanceusdm.ts";
import { bybit } from "../../../src/sim/dialects/bybit.ts";
import { type Dialect, durationOf } from "../../../src/sim/dialects/dialect.ts";
import { okx } from "../../../src/sim/dialects/okx.ts";
import { ask, barMs, noon, smallWorld } from "../builders.ts";

const world = smallWorld();
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
  ] as const)("%o %s", (dialect, address, status, expected) => {
    expect(ask(world, dialect, address)).toMatchObject({ status, body: expected });
  });

  test.each([binanceusdm, bybit, okx])("$profile.id has no such path", (dialect) => {
    expect(ask(world, dialect, "/nothing/here").status).toBe(404);
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
