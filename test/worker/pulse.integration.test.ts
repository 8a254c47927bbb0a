import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createQueues, type Queues } from "../../src/worker/queues.ts";
import { createPulse, type Pulse } from "../../src/worker/pulse.ts";
import { startWorkers, type Workers } from "../../src/worker/workers.ts";
import { patient } from "../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";

let server: TestRedis;
let queues: Queues;
let workers: Workers | undefined;
let time = 0;
const pulse: Pulse = createPulse(() => time);
const seen: number[] = [];

beforeAll(async () => {
  server = await startTestRedis();
  const connection = await server.connect("queue");
  queues = createQueues({ connection, venues: [], platforms: [], log: silentLog });
  workers = startWorkers({
    connection: await server.connect("worker"),
    venues: [],
    platforms: [],
    handlers: {
      recompute: async ({ slot }) => {
        seen.push(slot);
      },
    },
    pulse,
    log: silentLog,
  });
});
afterAll(async () => {
  await workers?.close(1_000);
  await queues.close();
  await server.stop();
});

test("a worker that waits is heard of again and again, with nothing to do and with something", async () => {
  for (const slot of [1, 2]) {
    time += 60_000;
    expect(pulse.silent(45_000, 0)).toEqual(["recompute"]);
    // the first by itself: its blocking read comes back after five seconds
    if (slot === 2) await queues.recompute("BTC", slot);
    await vi.waitFor(() => expect(pulse.silent(45_000, 0)).toEqual([]), patient);
  }
  await vi.waitFor(() => expect(seen).toEqual([2]), patient);
});
