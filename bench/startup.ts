import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { startTestRedis } from "../test/support/redis.ts";
import { cpuSecondsOf, type LopsideProcess, spawnLopside } from "./support/lopside.ts";
import { openWarmMarket, type WarmMarket } from "./support/market.ts";
import { median, printTable } from "./support/print.ts";

const runs = 5;
/** Long enough for a round to end before its deadline, short enough to wait for the next one. */
const slotMs = 3_000;

interface Start {
  readonly started: number;
  readonly healthy?: number;
  readonly committed?: number;
  readonly cpu: number | undefined;
}

/** Warm starts of the built bundle, beside an empty Node in the same run: wall ms from the spawn on, medians. */
export async function run(): Promise<void> {
  const floors: number[] = [];
  const market = await openWarmMarket(`${slotMs}ms`);
  const redis = await startTestRedis({ tcp: true });
  const roleEnv = { ...market.env, REDIS_URL: redis.url };
  const all: Start[] = [];
  const byRole = new Map<string, Start[]>(["notifier", "worker", "http"].map((role) => [role, []]));
  try {
    for (let index = 0; index < runs; index += 1) {
      floors.push(await timeEmptyNode());
      all.push(await startEverything(market));
      for (const [role, starts] of byRole) starts.push(await startRole(role, roleEnv));
    }
  } finally {
    await redis.stop();
    await market.close();
  }
  report(median(floors), all, byRole);
}

function report(floor: number, all: readonly Start[], byRole: ReadonlyMap<string, readonly Start[]>): void {
  const row = (name: string, values: readonly (number | undefined)[]): string[] => {
    const known = values.filter((value) => value !== undefined);
    return [name, median(known).toFixed(0), (median(known) / floor).toFixed(1)];
  };
  const cpu = (starts: readonly Start[]): (number | undefined)[] => starts.map((start) => start.cpu);
  printTable([
    ["warm start", "ms", "× empty Node"],
    ["empty Node", floor.toFixed(0), "1.0"],
    [
      "all roles: started",
      ...row(
        "",
        all.map((start) => start.started),
      ).slice(1),
    ],
    row(
      "all roles: /healthz answers",
      all.map((start) => start.healthy),
    ),
    row(
      "all roles: first recompute committed",
      all.map((start) => start.committed),
    ),
    row("all roles: CPU until then", cpu(all)),
    ...[...byRole].flatMap(([role, starts]) => [
      row(
        `${role}: started`,
        starts.map((start) => start.started),
      ),
      row(`${role}: CPU until then`, cpu(starts)),
    ]),
  ]);
}

async function timeEmptyNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ["-e", "0"]), "exit");
  return performance.now() - startedAt;
}

async function startEverything({ env, healthUrl }: WarmMarket): Promise<Start> {
  // its slot must not be one that the process before has computed already
  await sleep(slotMs - (Date.now() % slotMs));
  const lopside = spawnLopside(["start"], env);
  const [started, healthy, committed] = await Promise.all([
    lopside.logged("started"),
    answers(healthUrl, lopside),
    lopside.logged("data judged"),
  ]);
  const cpu = cpuMs(lopside.pid);
  await lopside.stop();
  return { started, healthy, committed, cpu };
}

async function startRole(role: string, env: Readonly<Record<string, string>>): Promise<Start> {
  const lopside = spawnLopside(["start", "--roles", role], env);
  const started = await lopside.logged("started");
  const cpu = cpuMs(lopside.pid);
  await lopside.stop();
  return { started, cpu };
}

function cpuMs(pid: number): number | undefined {
  const seconds = cpuSecondsOf(pid);
  return seconds === undefined ? undefined : 1000 * seconds;
}

async function answers(url: string, { sinceSpawn, failed }: LopsideProcess): Promise<number> {
  for (;;) {
    try {
      await Promise.race([fetch(url), failed]);
      return sinceSpawn();
    } catch (error) {
      // not listening yet; the process' own end is said by `failed`
      if (!(error instanceof TypeError)) throw error;
      await sleep(5);
    }
  }
}
