import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { headStartMs } from "../../src/worker/afterwards.ts";
import { history, observed, timeIn, watched } from "../worker/feed.ts";
import { newest, slot, type StartedWorker, startedWorker } from "./startedWorker.ts";

let worker: StartedWorker;

/** With a symbol that it has recomputed. */
beforeEach(async () => {
  worker = await startedWorker("bybit,okx");
  const { venue, spec, bars } = history("bybit", 0, newest);
  await worker.store.backfills.put("BTC", venue, spec, bars);
  await worker.handlers.recompute?.({ symbol: "BTC", slot });
});
afterEach(async () => {
  vi.useRealTimers();
  await worker.stop();
});

test("what a report allows to prepare is prepared behind what an alert would wait for", () => {
  const { observation, reads } = watched(observed("bybit", newest - 1, newest));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const report = { venue: "bybit", slot: slot + 1, at: timeIn(newest), observation };
  expect(worker.handlers.hear?.("BTC", report)).toBeUndefined();
  vi.advanceTimersByTime(headStartMs - 1);
  expect(reads()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(reads()).toBe(1);
});
