import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { BookDepth, MeasuredPosition } from "../../../src/model/types.ts";
import type { Depths, Positions } from "../../../src/store/contracts/markets.ts";
import type { Outset, Rounds } from "../../../src/store/contracts/rounds.ts";
import { createDepths } from "../../../src/store/market/depths.ts";
import { accountsKey, symbolKeys } from "../../../src/store/keys.ts";
import { createPositions } from "../../../src/store/market/positions.ts";
import { createRounds } from "../../../src/store/market/rounds.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { silentLog, startTestRedis } from "../../support/redis.ts";
import type { TestRedis } from "../../support/redis.ts";
import { noon } from "../builders.ts";

let server: TestRedis;
let redis: RedisClient;
let positions: Positions;
let depths: Depths;
let rounds: Rounds;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  positions = createPositions(redis);
  depths = createDepths(redis);
  rounds = createRounds(redis, silentLog);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

const held = async (symbol: string): Promise<Outset["positions"]> => (await rounds.outset(symbol)).positions;

const venue = "hyperliquid";
const account = { address: "0xa", notionalUsd: 125_000, seenAt: noon, polledAt: noon - 1 };
const long: MeasuredPosition = { side: "long", quantity: 1.25, liquidationPrice: 80_400.5, observedAt: noon };
const short: MeasuredPosition = { side: "short", quantity: 3, observedAt: noon };

test("accounts are kept as they were given, the newest word of each", async () => {
  await positions.keep(venue, [account, { ...account, address: "0xb" }]);
  await positions.keep(venue, [{ ...account, polledAt: noon + 5 }]);
  const kept = await positions.accounts(venue);
  expect(kept.toSorted((a, b) => a.address.localeCompare(b.address))).toEqual([
    { ...account, polledAt: noon + 5 },
    { ...account, address: "0xb" },
  ]);
  expect(await positions.accounts("other")).toEqual([]);
});

test("positions are kept by symbol and venue, and a closed one goes", async () => {
  await positions.put(
    venue,
    "BTC",
    new Map([
      ["0xa", long],
      ["0xb", short],
    ]),
  );
  await positions.put(venue, "ETH", new Map([["0xa", short]]));
  expect((await held("BTC")).get(venue)).toEqual([long, short]);
  await positions.put(venue, "BTC", new Map([["0xa", undefined]]));
  expect(await held("BTC")).toEqual(new Map([[venue, [short]]]));
  expect((await held("ETH")).get(venue)).toEqual([short]);
  expect(await held("SOL")).toEqual(new Map());
});

test("an account that is forgotten leaves nothing behind", async () => {
  await positions.keep(venue, [account]);
  await positions.put(venue, "BTC", new Map([["0xa", long]]));
  await positions.forget(venue, ["0xa"], ["BTC", "ETH"]);
  expect(await positions.accounts(venue)).toEqual([]);
  expect(await held("BTC")).toEqual(new Map());
});

test("what nobody writes any more goes away by itself", async () => {
  await positions.keep(venue, [account]);
  await positions.put(venue, "BTC", new Map([["0xa", long]]));
  expect(await redis.pttl(accountsKey(venue))).toBeGreaterThan(0);
  expect(await redis.pttl(symbolKeys("BTC").positions)).toBeGreaterThan(0);
});

test("what isn't readable is nobody's position", async () => {
  const texts = {
    "hyperliquid 0xa": "x - 1 hyperliquid",
    "hyperliquid 0xb": "0 - 1 hyperliquid",
    "hyperliquid 0xc": "1 -5 1 hyperliquid",
    "hyperliquid 0xd": "1 5 1",
  };
  await redis.hset(symbolKeys("BTC").positions, texts);
  await redis.hset(accountsKey(venue), { "0xa": "nonsense" });
  expect(await held("BTC")).toEqual(new Map());
  expect(await positions.accounts(venue)).toEqual([]);
});

test("a venue's newest order-book depth is kept, for an hour at most", async () => {
  const depth: BookDepth = { venue: "bybit", observedAt: noon, bids: [[0.001, 5e5]], asks: [[0.002, 7e5]] };
  await depths.put("BTC", { ...depth, observedAt: noon - 60_000 });
  await depths.put("BTC", depth);
  await depths.put("BTC", { ...depth, venue: "okx" });
  expect((await rounds.outset("BTC")).depths).toEqual([depth, { ...depth, venue: "okx" }]);
  expect((await rounds.outset("ETH")).depths).toEqual([]);
  expect(await redis.pttl(symbolKeys("BTC").depths)).toBeGreaterThan(0);
});
