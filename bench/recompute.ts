import { systemClock } from "../src/ops/clock.ts";
import { symbolKeys } from "../src/store/keys.ts";
import type { RedisClient } from "../src/store/redis/script.ts";
import { openStore } from "../src/store/store.ts";
import { createRecompute } from "../src/worker/recompute.ts";
import { silentLog, startTestRedis } from "../test/support/redis.ts";
import { history, polled, timeIn } from "../test/worker/feed.ts";
import { median, printTable } from "./support/print.ts";

const venues = ["binanceusdm", "bybit", "okx"];
const rule = { ratio: 2, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 180_000 };
const warmUps = 75;
const samples = 225;
const warmBars = 90;
/** What a steady recompute leaves in Redis: a map of a thousand levels, the imbalance, its memory. */
const committedBytes = 20_000;

interface Cost {
  /** µs of this process. */
  readonly cpu: number;
  readonly wall: number;
}

/**
 * One recompute job of a symbol on three venues, with and without a newly closed bar: reads, model, alert rule,
 * commit. Beside it, as the floor, four bare commands that carry about the same bytes.
 */
export async function run(): Promise<void> {
  const redis = await startTestRedis();
  try {
    const client = await redis.connect();
    const prepare = await openJob(client);
    const closing: Cost[] = [];
    const between: Cost[] = [];
    const bare: Cost[] = [];
    // interleaved, so that all meet the same noise
    for (let bar = 1; bar <= warmUps + samples; bar += 1) {
      closing.push(await costOf(await prepare(bar, 2 * bar)));
      between.push(await costOf(await prepare(bar, 2 * bar + 1)));
      bare.push(await costOf(async () => bareTraffic(client)));
    }
    report({
      "four bare commands": bare.slice(warmUps),
      "the job, between two closes": between.slice(warmUps),
      "the job, a bar closed on each": closing.slice(warmUps),
    });
  } finally {
    await redis.stop();
  }
}

function report(costs: Readonly<Record<string, readonly Cost[]>>): void {
  const cpuOf = (each: readonly Cost[]): number => median(each.map(({ cpu }) => cpu));
  const floor = cpuOf(Object.values(costs)[0] ?? []);
  printTable([
    ["one symbol on three venues", "µs of CPU", "× bare", "µs"],
    ...Object.entries(costs).map(([name, each]) => [
      name,
      cpuOf(each).toFixed(0),
      (cpuOf(each) / floor).toFixed(1),
      median(each.map(({ wall }) => wall)).toFixed(0),
    ]),
  ]);
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const [startedAt, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { cpu: user + system, wall: 1000 * (performance.now() - startedAt) };
}

/** Three reads at once and one write: what no recompute can do without. */
async function bareTraffic(client: RedisClient): Promise<void> {
  const { state, reports, backfills } = symbolKeys("BTC");
  await Promise.all([
    client.hgetall(reports),
    client.hmget(state, "version", "slot"),
    client.hgetall(backfills),
  ]);
  await client.set("bench", Buffer.alloc(committedBytes));
}

/** Lets each venue speak of a bar that forms; what is left then is the job. */
async function openJob(
  client: RedisClient,
): Promise<(bar: number, slot: number) => Promise<() => Promise<void>>> {
  const store = await openStore(client, { log: silentLog });
  let now = timeIn(warmBars);
  const { recompute } = createRecompute({
    store,
    rule,
    pollIntervalMs: 60_000,
    venues,
    clock: { ...systemClock, now: () => now },
    log: silentLog,
    onAlerts: async () => undefined,
    onCommitted: () => undefined,
  });
  for (const venue of venues) {
    const { spec, bars } = history(venue, 0, warmBars);
    await store.backfills.put("BTC", venue, spec, bars);
  }
  return async (bar, slot) => {
    const forming = warmBars + bar;
    now = timeIn(forming);
    for (const venue of venues) {
      const { observation } = polled(venue, forming - 2, forming);
      if (observation !== undefined)
        await store.rounds.report("BTC", { venue, slot, at: now, observation }, venues);
    }
    return async () => {
      const outcome = await recompute({ symbol: "BTC", slot });
      if (outcome !== "committed") throw new Error(`slot ${slot} was not committed`);
    };
  };
}
