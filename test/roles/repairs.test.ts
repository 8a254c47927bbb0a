import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLifecycle } from "../../src/ops/lifecycle.ts";
import { keepRepairing } from "../../src/roles/repairs.ts";
import { silentLog } from "../support/redis.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function begin(work: { readonly repair?: () => Promise<number>; readonly goOn?: () => Promise<number> }) {
  const counts = { repaired: 0, forgotten: 0 };
  const lifecycle = createLifecycle(silentLog);
  keepRepairing({
    destinations: {
      repair: async () => {
        counts.repaired += 1;
        return work.repair?.() ?? 0;
      },
    },
    forgetting: {
      goOn: async () => {
        counts.forgotten += 1;
        return work.goOn?.() ?? 0;
      },
    },
    log: silentLog,
    lifecycle,
  });
  return { counts, lifecycle };
}

test("changes are completed and forgetting goes on, at the start and twice a minute", async () => {
  const { counts, lifecycle } = begin({});
  expect(counts).toEqual({ repaired: 1, forgotten: 1 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(counts).toEqual({ repaired: 3, forgotten: 3 });
  await lifecycle.stopAll();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(counts).toEqual({ repaired: 3, forgotten: 3 });
});

test("the one goes on while the other fails", async () => {
  const { counts, lifecycle } = begin({ repair: async () => Promise.reject(new Error("a note is broken")) });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(counts).toEqual({ repaired: 2, forgotten: 2 });
  await lifecycle.stopAll();
});

test("none begins while the one before is under way", async () => {
  let end = (_done: number): void => undefined;
  const underWay = new Promise<number>((resolve) => {
    end = resolve;
  });
  const { counts, lifecycle } = begin({ goOn: async () => underWay });
  await vi.advanceTimersByTimeAsync(90_000);
  expect(counts).toEqual({ repaired: 1, forgotten: 1 });
  end(0);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(counts).toEqual({ repaired: 2, forgotten: 2 });
  await lifecycle.stopAll();
});
