import { describe, expect, it } from "vitest";
import { adapterOf } from "../../../src/poller/adapters.ts";
import type { PrintedFeed } from "../../../src/poller/adapter.ts";
import { toLiquidation } from "../../../src/poller/liquidations/print.ts";
import { Malformed } from "../../../src/poller/read.ts";

// Shapes as ccxt's source and its recorded answers show them.

const gateRow = (over: object = {}) => ({
  contract: "BTC_USDT",
  left: "0",
  size: "33",
  fill_price: "36454.4",
  order_price: "36309.2",
  time: "1700267258",
  ...over,
});
const htxRow = (over: object = {}) => ({
  id: "150153038758",
  contract_code: "BTC-USDT",
  liquidation_time: "1781849094165",
  side: "buy",
  position_side: "short",
  volume: "2",
  amount: "2",
  bankrupt_price: "62978.5",
  trade_turnover: "125.957",
  ...over,
});
const htxOlderRow = (over: object = {}) => ({
  query_id: 452_057,
  contract_code: "BTC-USD",
  symbol: "BTC",
  direction: "sell",
  offset: "close",
  volume: 479,
  price: 51_441.7,
  created_at: 1_638_593_647_864,
  amount: 0.93,
  ...over,
});
const bitfinexRow = (...changes: readonly (readonly [number, unknown])[]) => {
  const cells: unknown[] = ["pos", 171_085_137, 1_706_395_919_788, null, "tAVAXF0:USTF0", -8, 32.868];
  cells.push(null, 1, 1, null, 33.255);
  for (const [index, value] of changes) cells[index] = value;
  return [cells];
};
const htxAnswer = (...data: readonly object[]) => ({ code: 200, message: "Success", data, ts: 1 });

function printedBy(venue: string): PrintedFeed {
  const { printed } = adapterOf(venue);
  if (printed === undefined) throw new Error(`${venue} isn't asked`);
  return printed;
}
function read(venue: string, answer: unknown) {
  const { rows, read: readRow } = printedBy(venue);
  return rows(answer).flatMap((row) => readRow(row) ?? []);
}

describe("an answer about liquidations", () => {
  it.each([
    ["gate: a size above 0 was a long", "gate", [gateRow()], "long", 33],
    ["gate: one below 0 a short", "gate", [gateRow({ size: -165, left: -5 })], "short", 160],
    ["htx: names the position", "htx", htxAnswer(htxRow()), "short", 2],
    ["htx: and not the order", "htx", htxAnswer(htxRow({ side: "buy", position_side: "long" })), "long", 2],
    ["htx inverse: a sell closed a long", "htx", htxAnswer(htxOlderRow()), "long", 479],
    ["htx inverse: a buy closed a short", "htx", htxAnswer(htxOlderRow({ direction: "buy" })), "short", 479],
    ["bitfinex: the sign is the position's", "bitfinex", [bitfinexRow()], "short", 8],
    ["bitfinex: whatever its flags are", "bitfinex", [bitfinexRow([5, 8], [9, 0])], "long", 8],
  ] as const)("%s", (_what, venue, answer, liquidatedSide, contracts) => {
    expect(read(venue, answer)).toMatchObject([{ liquidatedSide, contracts }]);
  });

  it.each([
    ["gate", [gateRow()], { at: 1_700_267_258_000, price: 36_454.4, priced: "trigger" }],
    ["htx", htxAnswer(htxRow()), { at: 1_781_849_094_165, price: 62_978.5, priced: "bankruptcy" }],
    ["htx", htxAnswer(htxOlderRow()), { at: 1_638_593_647_864, price: 51_441.7, priced: "bankruptcy" }],
    ["bitfinex", [bitfinexRow()], { at: 1_706_395_919_788, price: 33.255, priced: "trigger" }],
  ])("of %s tells when and at which price", (venue, answer, expected) => {
    expect(read(venue, answer)).toMatchObject([expected]);
  });

  it("of HTX counts contracts, which its turnover confirms", () => {
    const [print] = read("htx", htxAnswer(htxRow()));
    if (print === undefined) throw new Error("no print");
    const contract = {
      symbol: "BTC",
      market: "BTC/USDT:USDT",
      id: "BTC-USDT",
      contractType: "linear",
      contractSize: 0.001,
      multiplier: 1,
      series: "htx",
    } as const;
    const { quantity, notionalUsd } = toLiquidation("htx", print, {
      contract,
      riskTiers: [],
      liquidationFeeRate: 0,
    });
    expect(quantity).toBeCloseTo(0.002, 12);
    expect(notionalUsd).toBeCloseTo(125.957, 3);
  });

  it("of HTX's older service counts contracts of dollars, which its amount of coins confirms", () => {
    const row = htxOlderRow();
    const [print] = read("htx", htxAnswer(row));
    if (print === undefined) throw new Error("no print");
    const contract = {
      symbol: "BTC",
      market: "BTC/USD:BTC",
      id: "BTC-USD",
      contractType: "inverse",
      contractSize: 100,
      multiplier: 1,
      series: "htx:inverse",
    } as const;
    const printed = { contract, riskTiers: [], liquidationFeeRate: 0 };
    const { quantity, notionalUsd, price } = toLiquidation("htx", print, printed);
    expect([quantity, notionalUsd]).toEqual([47_900, 47_900]);
    expect(quantity / price).toBeCloseTo(row.amount, 2);
  });

  it("of Bitfinex leaves out what only triggered", () => {
    expect(read("bitfinex", [bitfinexRow([8, 0], [11, null]), bitfinexRow()])).toHaveLength(1);
  });

  it.each([
    ["gate", [gateRow(), gateRow(), gateRow({ size: "34" })]],
    ["bitfinex", [bitfinexRow(), bitfinexRow(), bitfinexRow([1, 2])]],
    ["htx", htxAnswer(htxRow(), htxRow({ id: "1" }), htxRow({ id: "2" }))],
  ])("of %s tells equal rows apart, and each the same way again", (venue, answer) => {
    const keys = read(venue, answer).map(({ contracts, key }) => `${contracts} ${key}`);
    expect(new Set(keys).size).toBe(3);
    expect(read(venue, answer).map(({ contracts, key }) => `${contracts} ${key}`)).toEqual(keys);
  });

  it.each([
    ...["0", "", null, "abc", "1e300", true].map((size) => ["gate", [gateRow({ size })]] as const),
    ...["0", "-1", null, "1e300"].map((fill_price) => ["gate", [gateRow({ fill_price })]] as const),
    ["gate", [gateRow({ left: "33" })]],
    ["gate", [gateRow({ left: undefined })]],
    ["gate", [gateRow({ time: "1700267258000" })]],
    ["gate", [gateRow({ contract: "" })]],
    ["gate", { label: "NOT_FOUND" }],
    ...["0", "-2", null, "", "1e300", []].map((volume) => ["htx", htxAnswer(htxRow({ volume }))] as const),
    ...["0", null, "Infinity"].map(
      (bankrupt_price) => ["htx", htxAnswer(htxRow({ bankrupt_price }))] as const,
    ),
    ["htx", htxAnswer(htxRow({ position_side: "both" }))],
    ["htx", htxAnswer(htxOlderRow({ direction: "close" }))],
    ...[0, -1, null, "", 1e300, []].map((volume) => ["htx", htxAnswer(htxOlderRow({ volume }))] as const),
    ...[0, -1, null, "Infinity"].map((price) => ["htx", htxAnswer(htxOlderRow({ price }))] as const),
    ...[1_638_593_647, null, "noon"].map(
      (created_at) => ["htx", htxAnswer(htxOlderRow({ created_at }))] as const,
    ),
    ["htx", htxAnswer(htxOlderRow({ contract_code: "" }))],
    ["htx", htxAnswer(htxRow({ liquidation_time: "1781849094" }))],
    ["htx", { status: "error" }],
    ...[0, null, "x", 1e300].map((amount) => ["bitfinex", [bitfinexRow([5, amount])]] as const),
    ...[0, -1, "x", null].map((price) => ["bitfinex", [bitfinexRow([11, price])]] as const),
    ["bitfinex", [bitfinexRow([2, 1_706_395_919])]],
    ["bitfinex", [bitfinexRow([4, null])]],
    ["bitfinex", [null]],
    ["bitfinex", "<html></html>"],
  ] as readonly (readonly [string, unknown])[])(
    "of %s is refused where it can't be true (%j)",
    (venue, answer) => {
      expect(() => read(venue, answer)).toThrow(Malformed);
    },
  );

  it("is declared: who is asked says so, and nobody else", () => {
    const asked = new Set(["gate", "htx", "bitfinex"]);
    for (const venue of ["gate", "htx", "bitfinex", "okx", "mexc"])
      expect(adapterOf(venue).declares.liquidations === "rest").toBe(asked.has(venue));
  });
});
