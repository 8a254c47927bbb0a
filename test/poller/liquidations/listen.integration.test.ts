import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { PrintOutcome } from "../../../src/poller/liquidations/desk.ts";
import { listenToLiquidations } from "../../../src/poller/liquidations/listen.ts";
import { streamOf } from "../../../src/poller/liquidations/streams.ts";
import type { Listed } from "../../../src/poller/resolve.ts";
import { createLease } from "../../../src/store/lease.ts";
import { createLiquidations } from "../../../src/store/market/liquidations.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { patient } from "../../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../../support/redis.ts";
import { startStreamServer, type StreamServer } from "../../support/streamServer.ts";
import { handClock } from "../world.ts";
import { bybitFrame, bybitRow } from "./frames.ts";

const noon = 1_795_348_800_000;
const barMs = 300_000;
const contract: Listed = {
  symbol: "BTC",
  market: "BTC/USDT:USDT",
  id: "BTCUSDT",
  contractType: "linear",
  contractSize: 1,
  multiplier: 1,
  series: "bybit",
};

let redis: TestRedis;
let client: RedisClient;
let server: StreamServer;
let ends: AbortController[];

beforeAll(async () => {
  redis = await startTestRedis();
  client = await redis.connect();
});
beforeEach(async () => {
  ends = [];
  await client.flushall();
  server = await startStreamServer((text) => [{ success: true, op: JSON.parse(text).op }]);
});
afterEach(async () => {
  for (const end of ends) end.abort();
  await server.close();
});
afterAll(async () => redis.stop());

/** A process that listens to Bybit, on a clock that stands still. */
function listener(holder: string, clock = handClock(noon - 1)) {
  const stream = streamOf("bybit");
  if (stream === undefined) throw new Error("bybit has no stream");
  const end = new AbortController();
  ends.push(end);
  const outcomes: PrintOutcome[] = [];
  const done = listenToLiquidations({
    venue: "bybit",
    stream,
    contracts: async () => [contract],
    riskTiers: async () => [],
    liquidationFeeRate: 0,
    liquidations: createLiquidations(client),
    lease: createLease(client, "liquidations-bybit"),
    holder,
    clock,
    log: silentLog,
    onPrint: (outcome) => outcomes.push(outcome),
    baseUrl: server.baseUrl,
    signal: end.signal,
  });
  return { outcomes, clock, end: () => end.abort(), done };
}

const isSubscribed = async (times = 1): Promise<void> => {
  await server.waitFor(() =>
    server.heard.filter((text) => text.includes("allLiquidation")).length >= times ? true : undefined,
  );
};
const stored = createTotalsReader();
function createTotalsReader() {
  return async () => (await createLiquidations(client).totals("BTC", "bybit", [noon])).get(noon);
}

describe("listening to liquidations", () => {
  it("sums up what it hears, once, and keeps the single ones", async () => {
    const { outcomes, clock } = listener("a");
    await isSubscribed();
    await vi.waitFor(() => expect(server.heard.length).toBeGreaterThan(1), patient);
    server.say(bybitFrame([bybitRow({ T: noon + 1 }), bybitRow({ T: noon + 2, S: "Sell", v: "1" })]));
    server.say(bybitFrame([bybitRow({ T: noon + 1 })]));
    server.say(bybitFrame([bybitRow({ s: "DOGEUSDT" }), bybitRow({ v: "-1" })]));
    await vi.waitFor(() => expect(outcomes).toHaveLength(5), patient);
    clock.advance(barMs + 1);
    await vi.waitFor(async () => {
      expect(await stored()).toMatchObject({ long: 0.25, short: 1, prints: 2, until: noon + barMs });
    }, patient);
    expect(outcomes).toEqual(["kept", "kept", "repeated", "unwatched", "malformed"]);
    const prints = await createLiquidations(client).prints("BTC", 0);
    expect(prints.map(({ liquidatedSide, at }) => [liquidatedSide, at])).toEqual([
      ["long", noon + 1],
      ["short", noon + 2],
    ]);
  });

  it("is done by one process, and by the next when that one stops", async () => {
    const first = listener("a");
    await isSubscribed();
    const second = listener("b");
    first.end();
    await first.done;
    await isSubscribed(2);
    server.say(bybitFrame([bybitRow({ T: noon + 1 })]));
    await vi.waitFor(() => expect(second.outcomes).toEqual(["kept"]), patient);
    expect(first.outcomes).toEqual([]);
  });
});
