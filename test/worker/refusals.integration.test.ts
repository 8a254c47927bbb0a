import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createQueues, type Queues } from "../../src/worker/queues.ts";
import { createPulse } from "../../src/worker/pulse.ts";
import { startWorkers, type Workers } from "../../src/worker/workers.ts";
import { patient } from "../support/patience.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";
import { spokenLog } from "../support/spokenLog.ts";

const known = { venues: ["okx"], platforms: [] };

let server: TestRedis;
let queues: Queues;
let workers: Workers | undefined;

beforeEach(async () => {
  server = await startTestRedis();
  queues = createQueues({ ...known, connection: await server.connect("queue"), log: spokenLog() });
});
afterEach(async () => {
  await workers?.close(1_000);
  await queues.close();
  await server.stop();
});

/** Attempts that Redis refused. */
async function refused(): Promise<number> {
  const stats = await (await server.connect()).info("errorstats");
  return Number(/errorstat_OOM:count=(\d+)/.exec(stats)?.[1] ?? 0);
}

test("workers whose Redis refuses ask calmly, say it once, and go on when it is over", async () => {
  const log = spokenLog();
  const redis = await server.connect();
  await queues.recompute("BTC", 7);
  await redis.config("SET", "maxmemory", "1");
  const done: number[] = [];
  workers = startWorkers({
    pulse: createPulse(),
    ...known,
    connection: await server.connect("worker"),
    handlers: { recompute: async ({ slot }) => void done.push(slot) },
    log,
  });
  await vi.waitFor(async () => expect(await refused()).toBeGreaterThan(2), patient);
  expect(await refused()).toBeLessThan(20);
  expect(log.said.map(({ message }) => message)).toEqual(["Redis refuses to work"]);
  await redis.config("SET", "maxmemory", "0");
  await vi.waitFor(() => expect(done).toEqual([7]), patient);
  expect(log.said.map(({ message }) => message)).toEqual(["Redis refuses to work", "Redis works again"]);
});
