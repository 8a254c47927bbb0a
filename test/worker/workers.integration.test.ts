import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPulse } from "../../src/worker/pulse.ts";
import { createQueues, type Queues } from "../../src/worker/queues.ts";
import { startWorkers } from "../../src/worker/workers.ts";
import { patient } from "../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { spokenLog } from "../support/spokenLog.ts";

let server: TestRedis;
let queues: Queues;
beforeEach(async () => {
  server = await startTestRedis();
  const connection = await server.connect("queue");
  queues = createQueues({ connection, venues: [], platforms: [], log: silentLog });
});
afterEach(async () => {
  await queues.close();
  await server.stop();
});

async function start(recompute: () => Promise<void>) {
  const log = spokenLog();
  const connection = await server.connect("worker");
  const handlers = { recompute };
  const pulse = createPulse();
  return {
    log,
    pulse,
    connection,
    ...startWorkers({ connection, venues: [], platforms: [], handlers, pulse, log }),
  };
}

const loud = ({ said }: ReturnType<typeof spokenLog>): readonly string[] =>
  said.filter(({ level }) => level === "warn" || level === "error").map(({ message }) => message);

describe("a stop", () => {
  test("while Redis is away ends in time, and says nothing of jobs where none runs", async () => {
    const done: number[] = [];
    const { log, pulse, connection, close } = await start(async () => void done.push(1));
    await queues.recompute("BTC", 1);
    await vi.waitFor(() => expect([done, pulse.busy()]).toEqual([[1], []]), patient);
    // `once` of node:events would reject where an error comes first
    const gone = new Promise((resolve) => connection.once("close", resolve));
    await server.kill();
    await gone;
    await close(200);
    expect(loud(log)).toEqual([]);
    await server.start();
  });

  test("that a job outlasts is said, with its queue", async () => {
    const { log, pulse, close } = await start(async () => new Promise(() => undefined));
    await queues.recompute("BTC", 1);
    await vi.waitFor(() => expect(pulse.busy()).toEqual(["recompute"]), patient);
    await close(200);
    expect(loud(log)).toEqual([expect.stringMatching(/^jobs still running/)]);
    expect(log.said.at(-1)?.fields).toMatchObject({ queues: "recompute" });
  });
});
