import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepSchedules } from "../../src/worker/schedules.ts";
import { silentLog } from "../support/redis.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("schedules are said again every twenty seconds, also after a failure, until they are stopped", async () => {
  const said: string[] = [];
  const schedule = async (venue: string): Promise<void> => {
    said.push(venue);
    if (said.length === 1) throw new Error("Redis is away");
  };
  const stop = keepSchedules(["bybit", "okx"], schedule, silentLog);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(said).toEqual(["bybit", "okx", "bybit", "okx"]);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toHaveLength(4);
});
