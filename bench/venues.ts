import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../src/ops/clock.ts";
import { supportedVenues } from "../src/poller/supported.ts";
import { startSimulatedExchange } from "../src/sim/exchange.ts";
import { quietStoryline } from "../src/sim/storyline.ts";
import type { Store } from "../src/store/contracts/store.ts";
import { openStore } from "../src/store/store.ts";
import { silentLog, startTestRedis } from "../test/support/redis.ts";
import { cpuSecondsOf, type LopsideProcess, memoryOf, spawnLopside } from "./support/lopside.ts";
import { median, printTable } from "./support/print.ts";
import { seedHistories } from "./support/seeding.ts";

const minuteMs = 60_000;
const barMinutes = 5;
/** The simulated exchange lists unknown assets at this price and open interest. */
const symbols = Array.from({ length: 100 }, (_, index) => `COIN${index + 1}`);
const seeded = { price: 2, openInterest: 5e7 };
const hung = "okx";

/** Of five: a bar closes in the first, and some venues' candles of it are read until the second. */
const quietMinute = 2;

/**
 * A hundred symbols on all venues at the pace that real ones get: a poller and a worker, each a process of the built
 * bundle, with a month of state behind every series; the simulated exchange is in this process. It takes up to ten
 * minutes: those around a bar's close, and then two in which a venue answers nothing.
 */
export async function run(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "lopside-bench-venues-"));
  const redis = await startTestRedis({ tcp: true });
  const exchange = await startSimulatedExchange({
    clock: systemClock,
    seed: 1,
    symbols,
    venues: supportedVenues,
    storyline: quietStoryline,
    historyMs: 3 * 3_600_000,
  });
  const store = await openStore(await redis.connect(), { log: silentLog });
  await seedHistories(store, { symbols, series: supportedVenues, now: Date.now(), ...seeded });
  const env = {
    REDIS_URL: redis.url,
    SYMBOLS: symbols.join(","),
    VENUE_BASE_URL: exchange.baseUrl,
    DATA_DIR: dir,
    LOG_LEVEL: "info",
  };
  const worker = spawnLopside(["start", "--roles", "worker"], env);
  const poller = spawnLopside(["start", "--roles", "poller"], env);
  try {
    await Promise.all([worker.logged("started"), poller.logged("started")]);
    const watch = { store, poller, worker };
    const usual = await minutesUpTo(quietMinute, watch);
    exchange.world.fault(hung, "hang");
    const hanging = [await fullMinute(watch), await fullMinute(watch)];
    report(usual, hanging);
  } finally {
    await Promise.all([poller.stop(), worker.stop()]);
    await exchange.close();
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Watch {
  readonly store: Store;
  readonly poller: LopsideProcess;
  readonly worker: LopsideProcess;
}

interface Minute {
  /** 0 in which a bar closes, to 4. */
  readonly ofFive: number;
  /** Shares of one core. */
  readonly pollerCpu: number;
  readonly workerCpu: number;
  readonly pollerMb: number;
  readonly workerMb: number;
  /** By venue, of each symbol that was polled in this minute: how long after its start the data was read. */
  readonly lateMs: ReadonlyMap<string, readonly number[]>;
}

/** From the next one on, through a bar's close to the minute of five; the very first also reads markets and tiers. */
async function minutesUpTo(last: number, watch: Watch): Promise<readonly Minute[]> {
  const minutes = [await fullMinute(watch)];
  while (minutes.at(-1)?.ofFive !== last || !minutes.some(({ ofFive }) => ofFive === 0))
    minutes.push(await fullMinute(watch));
  return minutes;
}

/** From the next full minute to the one after. */
async function fullMinute({ store, poller, worker }: Watch): Promise<Minute> {
  const from = Math.ceil(Date.now() / minuteMs) * minuteMs;
  await Promise.race([sleep(from - Date.now()), poller.failed, worker.failed]);
  const before = [poller, worker].map(({ pid }) => cpuSecondsOf(pid) ?? Number.NaN);
  // a moment is left to look at the minute before the next one begins
  const lookMs = 1_000;
  await Promise.race([sleep(from + minuteMs - lookMs - Date.now()), poller.failed, worker.failed]);
  const after = [poller, worker].map(({ pid }) => cpuSecondsOf(pid) ?? Number.NaN);
  const shareOf = (index: number): number =>
    (1_000 * ((after[index] ?? 0) - (before[index] ?? 0))) / (minuteMs - lookMs);
  return {
    ofFive: (from / minuteMs) % barMinutes,
    pollerCpu: shareOf(0),
    workerCpu: shareOf(1),
    pollerMb: memoryOf(poller.pid)?.peak ?? Number.NaN,
    workerMb: memoryOf(worker.pid)?.peak ?? Number.NaN,
    lateMs: await latenessSince(store, from),
  };
}

async function latenessSince({ rounds }: Store, from: number): Promise<ReadonlyMap<string, number[]>> {
  const records = (await Promise.all(symbols.map(async (symbol) => rounds.read(symbol)))).flat();
  const late = new Map<string, number[]>();
  for (const { venue, observation } of records) {
    if (observation === undefined || observation.receivedAt < from || venue.includes(":")) continue;
    late.set(venue, [...(late.get(venue) ?? []), observation.receivedAt - from]);
  }
  return late;
}

function report(usual: readonly Minute[], hanging: readonly Minute[]): void {
  const row = (minute: Minute): string[] => {
    const isHanging = hanging.includes(minute);
    return [
      `${minute.ofFive}${minute.ofFive === 0 ? ", a bar closes" : ""}${isHanging ? `, ${hung} hangs` : ""}`,
      percent(minute.pollerCpu),
      percent(minute.workerCpu),
      minute.pollerMb.toFixed(0),
      minute.workerMb.toFixed(0),
      [...minute.lateMs.values()].reduce((sum, { length }) => sum + length, 0).toFixed(0),
    ];
  };
  const total = symbols.length * supportedVenues.length;
  printTable([
    ["minute of five", "poller CPU", "worker CPU", "poller peak MB", "worker peak MB", `polled of ${total}`],
    ...[...usual, ...hanging].map(row),
  ]);
  const closing = median(usual.filter(({ ofFive }) => ofFive === 0).map(({ pollerCpu }) => pollerCpu));
  const ordinary = median(usual.filter(({ ofFive }) => ofFive !== 0).map(({ pollerCpu }) => pollerCpu));
  const whole = (closing + (barMinutes - 1) * ordinary) / barMinutes;
  process.stdout.write(`  the poller over five minutes: ${percent(whole)} of a core\n`);
  printTable([
    ["a venue's data since the minute's start, median s (symbols)", "usual", `${hung} hangs`, "again"],
    ...supportedVenues.map((venue) => [
      venue,
      ...[usual.at(-1), ...hanging].map((minute) => lateness(minute?.lateMs.get(venue) ?? [])),
    ]),
  ]);
  for (const minute of hanging) {
    const added = latenessAdded(usual.at(-1), minute);
    const [half, most] = [median(added), Math.max(...added)].map((ms) => (ms / 1_000).toFixed(1));
    process.stdout.write(
      `  ${hung} hanging, the others are read ${half} s later (median), ${most} s at most\n`,
    );
  }
}

/** Of the other venues, each against its own median in the minute before; starts are the same in every round. */
function latenessAdded(usual: Minute | undefined, minute: Minute): readonly number[] {
  return supportedVenues.flatMap((venue) => {
    const [before, now] = [usual?.lateMs.get(venue) ?? [], minute.lateMs.get(venue) ?? []];
    return venue === hung || before.length === 0 || now.length === 0 ? [] : [median(now) - median(before)];
  });
}

function lateness(times: readonly number[]): string {
  return times.length === 0 ? "—" : `${(median(times) / 1_000).toFixed(1)} (${times.length})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
