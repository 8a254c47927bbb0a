import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRecorder } from "../../src/commands/recorder.ts";
import { systemClock } from "../../src/ops/clock.ts";
import type { PollFailure, Venue } from "../../src/poller/contracts.ts";
import { barMs, openVenue } from "../../src/poller/venue.ts";
import { readRecording } from "../../src/replay/recording.ts";
import type { SimulatedExchange } from "../../src/sim/contracts.ts";
import { openExchange } from "../support/installation.ts";
import { fakeStore } from "../support/fakeStore.ts";
import { silentLog } from "../support/redis.ts";

let exchange: SimulatedExchange;
let venue: Venue;
let dir: string;
const signal = new AbortController().signal;

beforeAll(async () => {
  exchange = await openExchange();
  const markets = { get: async () => undefined, put: async () => undefined };
  const { baseUrl } = exchange;
  venue = openVenue("bybit", { markets, clock: systemClock, log: silentLog, unthrottled: true, baseUrl });
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "lopside-record-"));
});
afterEach(async () => rm(dir, { recursive: true, force: true }));
afterAll(async () => {
  await venue.close();
  await exchange.close();
});

async function recorder(path: string, failures: PollFailure[] = []) {
  return openRecorder({
    venue,
    symbol: "BTC",
    path,
    barMs,
    liquidations: fakeStore().liquidations,
    clock: systemClock,
    onFailure: (failure) => failures.push(failure),
  });
}

describe("recording a venue's bars", () => {
  it("begins with its history, and is read back as the bars it was made of", async () => {
    const path = join(dir, "deep", "BTC-bybit.csv");
    const now = Date.now();
    expect(await (await recorder(path)).take(signal)).toBeGreaterThan(500);
    const { bars, badRows, gaps, intervalMs } = await readRecording(path);
    expect({ badRows, gaps, intervalMs }).toEqual({ badRows: [], gaps: [], intervalMs: barMs });
    const history = await venue.backfill("BTC", now - 3_600_000, now);
    const told = history.ok ? history.bars.map(({ markHigh: _high, markLow: _low, ...bar }) => bar) : [];
    expect(told.length).toBeGreaterThan(5);
    const written = new Map(bars.map((bar) => [bar.openTime, bar]));
    for (const bar of told) expect(written.get(bar.openTime)).toMatchObject(bar);
  });

  it("goes on with a file where it ends, even in the middle of a row, and writes nothing twice", async () => {
    const path = join(dir, "BTC-bybit.csv");
    await (await recorder(path)).take(signal);
    const whole = await readFile(path, "utf8");
    const rows = whole.trimEnd().split("\n");
    const kept = rows.slice(0, -20);
    await rm(path);
    await appendFile(path, `${kept.join("\n")}\n17953488000`);
    const again = await recorder(path);
    await again.take(signal);
    await again.take(signal);
    const { bars, badRows, duplicates, gaps } = await readRecording(path);
    expect({ badRows, duplicates, gaps }).toEqual({ badRows: [], duplicates: 0, gaps: [] });
    expect(bars.length).toBeGreaterThanOrEqual(rows.length - 1);
  });

  it("writes nothing while the venue fails, and says so", async () => {
    const path = join(dir, "BTC-bybit.csv");
    const failures: PollFailure[] = [];
    const failing = await recorder(path, failures);
    exchange.world.fault("bybit", "bad-gateway");
    expect(await failing.take(signal)).toBe(0);
    exchange.world.fault("bybit", undefined);
    expect(failures.length).toBeGreaterThan(0);
    expect((await readFile(path, "utf8")).trimEnd().split("\n")).toHaveLength(1);
  });
});
