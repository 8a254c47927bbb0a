import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Charts, PictureResult, PictureStore } from "../../src/charts/contracts.ts";
import { columnSpans } from "../../src/charts/contracts.ts";
import { createPictures } from "../../src/charts/pictures.ts";
import { columnOf } from "../../src/model/column.ts";
import type { Clock } from "../../src/ops/clock.ts";
import { pictureKeys } from "../../src/store/keys.ts";
import { createPictureStore } from "../../src/store/market/pictures.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { createSymbols } from "../../src/store/market/symbols.ts";
import { aCommit } from "../store/builders.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { lopsidedUp, sampleMarket, sampleTime } from "./samples.ts";

const minuteMs = 60_000;
const market = sampleMarket({ clusters: lopsidedUp, notionalUsd: 1.1e9 });

let server: TestRedis;
let redis: RedisClient;
let store: PictureStore;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  store = createPictureStore(redis);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

interface Asked {
  readonly kind: string;
  readonly request: unknown;
}

/** Charts that draw one byte, slowly, and remember what they were asked. */
function fakeCharts(asked: Asked[], result?: PictureResult): Charts {
  const draw = (kind: string) => async (request: unknown) => {
    asked.push({ kind, request });
    await new Promise((resume) => setTimeout(resume, 20));
    return (
      result ??
      ({ kind: "picture", png: Buffer.from([asked.length]), width: 1280, height: 720, key: "own" } as const)
    );
  };
  return {
    map: draw("map"),
    heatmap: draw("heatmap"),
    history: draw("history"),
    reliability: draw("reliability"),
    close: async () => undefined,
  };
}

function openPictures(asked: Asked[], over: { now?: number; result?: PictureResult } = {}) {
  const clock: Clock = {
    now: () => over.now ?? sampleTime,
    realMs: (ms) => ms,
    sleep: async () => undefined,
  };
  return createPictures({
    symbols: createSymbols(redis),
    store,
    charts: fakeCharts(asked, over.result),
    clock,
    log: silentLog,
    staleAfterMs: 180_000,
    threshold: 2,
  });
}

async function commitSnapshot(): Promise<void> {
  const { map, imbalance } = market;
  await createSymbols(redis).commit(aCommit({ map, imbalance, at: map.time }));
}

describe("a snapshot's map", () => {
  test("is drawn once, however many ask in however many processes", async () => {
    await commitSnapshot();
    const asked: Asked[] = [];
    const replicas = [openPictures(asked), openPictures(asked), openPictures(asked)];
    const results = await Promise.all([...replicas, ...replicas].map(async ({ map }) => map("BTC")));
    expect(asked.map(({ kind }) => kind)).toEqual(["map"]);
    expect(
      new Set(results.map((result) => (result.kind === "picture" ? result.key : result.message))).size,
    ).toBe(1);
    expect(results[0]).toMatchObject({ kind: "picture", width: 1280, height: 720, png: Buffer.from([1]) });
    expect(await openPictures(asked).map("BTC")).toMatchObject({ png: Buffer.from([1]) });
    expect(asked).toHaveLength(1);
  });

  test("is another picture in another look, stacked otherwise, or gone stale", async () => {
    await commitSnapshot();
    const asked: Asked[] = [];
    const { map } = openPictures(asked);
    const stale = openPictures(asked, { now: sampleTime + 600_000 });
    const results = await Promise.all([
      map("BTC"),
      map("BTC", { theme: "light" }),
      map("BTC", { format: "portrait" }),
      map("BTC", {}, "venue"),
      stale.map("BTC"),
    ]);
    expect(new Set(results.map((result) => (result.kind === "picture" ? result.key : ""))).size).toBe(5);
    expect(asked.map(({ request }) => Reflect.get(Object(request), "imbalance").regime)).toContain("stale");
  });

  test("carries what the worker kept of it", async () => {
    await commitSnapshot();
    await store.putDetail("BTC", market.detail);
    const asked: Asked[] = [];
    await openPictures(asked).map("BTC");
    expect(asked[0]?.request).toMatchObject({ map: market.map, detail: { venues: market.detail.venues } });
  });

  test("is drawn by the next one when whoever had claimed it has died", async () => {
    await commitSnapshot();
    const asked: Asked[] = [];
    const pictures = openPictures(asked);
    const first = await pictures.map("BTC");
    const key = first.kind === "picture" ? first.key : "";
    await redis.del(`${pictureKeys("BTC").picture}${key}`);
    await redis.pexpire(`${pictureKeys("BTC").drawing}${key}`, 60);
    expect(await pictures.map("BTC")).toMatchObject({ kind: "picture" });
    expect(asked).toHaveLength(2);
  });

  test("that could not be drawn is asked for anew the next time", async () => {
    await commitSnapshot();
    const failed = { kind: "failed", reason: "crashed", message: "native panic" } as const;
    expect(await openPictures([], { result: failed }).map("BTC")).toEqual(failed);
  });
});

test("before the first recompute there is no data, and without Redis no picture", async () => {
  const pictures = openPictures([]);
  for (const result of [pictures.map("BTC"), pictures.heatmap("BTC", "day"), pictures.history("BTC", 7)])
    expect(await result).toMatchObject({ kind: "failed", reason: "no-data" });
  const lost = await startTestRedis();
  const symbols = createSymbols(await lost.connect());
  const clock: Clock = { now: () => 0, realMs: (ms) => ms, sleep: async () => undefined };
  await lost.kill();
  const without = createPictures({
    symbols,
    store,
    charts: fakeCharts([]),
    clock,
    log: silentLog,
    staleAfterMs: 1,
    threshold: 2,
  });
  expect(await without.map("BTC")).toMatchObject({ kind: "failed", reason: "unavailable" });
  await lost.stop();
});

test("a heatmap takes the columns there are, and candles of each minute's price", async () => {
  await commitSnapshot();
  const { columnMs } = columnSpans.day;
  const begins = Math.floor(sampleTime / columnMs) * columnMs;
  for (const back of [3, 2, 0]) {
    const column = columnOf(market.map, begins - back * columnMs, columnSpans.day);
    if (column !== undefined) await store.putColumn("BTC", "day", column);
  }
  const asked: Asked[] = [];
  await openPictures(asked).heatmap("BTC", "day");
  expect(asked[0]?.request).toMatchObject({
    to: begins + columnMs,
    // an hour at least, where less is known
    from: begins + columnMs - 60 * minuteMs,
    columns: [3, 2, 0].map((back) => ({ time: begins - back * columnMs })),
    candles: [{ open: market.map.markPrice, close: market.map.markPrice }],
  });
});

test("a history reads its days one by one, and no more than thirty", async () => {
  await commitSnapshot();
  const asked: Asked[] = [];
  const pictures = openPictures(asked);
  await pictures.history("BTC", 99);
  expect(asked[0]?.request).toMatchObject({
    from: sampleTime - 30 * 24 * 60 * minuteMs,
    to: sampleTime,
    threshold: 2,
    points: [{ time: sampleTime, ratio: expect.closeTo(market.imbalance.ratio ?? 0, 4) }],
  });
});
