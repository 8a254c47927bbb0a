import { Queue } from "bullmq";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { queuePrefix } from "../../src/worker/contracts.ts";
import { createQueues, type Queues } from "../../src/worker/queues.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";

const everyMs = 60_000;
const hourMs = 3_600_000;

let server: TestRedis;
let redis: RedisClient;
let queue: Queue;
let replicas: Queues[];

const open = async (): Promise<Queues> =>
  createQueues({
    connection: await server.connect("queue"),
    venues: ["okx"],
    platforms: [],
    log: silentLog,
  });

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  queue = new Queue("poll-okx", { connection: await server.connect("queue"), prefix: queuePrefix });
  replicas = await Promise.all([open(), open(), open()]);
});
afterAll(async () => {
  await Promise.all([queue.close(), ...replicas.map(async (each) => each.close())]);
  await server.stop();
});
afterEach(async () => {
  vi.useRealTimers();
  await redis.flushall();
});

const schedule = async (): Promise<void> => {
  await Promise.all(replicas.map(async (each) => each.schedulePolls("okx", everyMs)));
};

/** When polls are due, in slots from the present one. */
async function due(): Promise<number[]> {
  const jobs = await queue.getDelayed();
  const present = Math.floor(Date.now() / everyMs);
  return jobs.map(({ timestamp, delay }) => Math.floor((timestamp + delay) / everyMs) - present);
}

const remove = async (pattern: string): Promise<void> => {
  const keys = await redis.keys(`${queuePrefix}:poll-okx:${pattern}`);
  expect(keys).not.toEqual([]);
  await redis.del(...keys);
};

describe("a venue's schedule", () => {
  test("is one poll at the start of the next slot, however many say it and how often", async () => {
    for (let time = 0; time < 5; time++) await schedule();
    expect(await due()).toEqual([1]);
  });

  test.each([
    ["flushed", "*"],
    ["without its next job", "delayed"],
    ["without what it repeats", "repeat*"],
  ])("%s is there again once it is said again", async (_how, pattern) => {
    await schedule();
    await remove(pattern);
    await schedule();
    expect(Math.min(...(await due()))).toBeLessThanOrEqual(2);
  });

  test("does not wait until a clock that was set back is there again", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hourMs });
    await schedule();
    vi.useRealTimers();
    await schedule();
    expect(await due()).toEqual([1]);
  });
});
