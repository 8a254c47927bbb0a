import { afterEach, expect, test, vi } from "vitest";
import { createAfterwards, headStartMs } from "../../src/worker/afterwards.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("what is left for afterwards is done in its order, and not at once", async () => {
  const { leave } = createAfterwards();
  const done: string[] = [];
  leave(() => done.push("first"));
  leave(() => done.push("second"));
  const over = new Promise<void>((resolve) => leave(resolve));
  expect(done).toEqual([]);
  await over;
  expect(done).toEqual(["first", "second"]);
});

test("a stop leaves nothing undone, and does nothing twice", () => {
  const { leave, finish } = createAfterwards();
  const done: string[] = [];
  leave(() => done.push("first"));
  leave(() => done.push("second"));
  finish();
  finish();
  expect(done).toEqual(["first", "second"]);
});

test("what was left before shortens nobody's head start", () => {
  vi.useFakeTimers();
  const { leave } = createAfterwards();
  const done: string[] = [];
  leave(() => done.push("first"));
  vi.advanceTimersByTime(headStartMs - 1);
  leave(() => done.push("second"));
  vi.advanceTimersByTime(headStartMs - 1);
  expect(done).toEqual(["first"]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(["first", "second"]);
});
