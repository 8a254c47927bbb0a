import fc from "fast-check";
import { expect, test } from "vitest";
import { createLateness } from "../../src/notifier/lateness.ts";

/** When each of those booked goes, where the process does nothing in [from, to). All of them look at once and often. */
function starts(booked: readonly number[], stall: { readonly from: number; readonly to: number }): number[] {
  let now = 0;
  const lateness = createLateness(() => now);
  const left = [...booked];
  const gone: number[] = [];
  for (; left.length > 0 && now < 60_000; now += 1) {
    if (now >= stall.from && now < stall.to) continue;
    for (let next = left[0]; next !== undefined && lateness.waitFor(next) <= 0; next = left[0])
      gone.push(left.shift() === undefined ? Number.NaN : now);
  }
  return gone;
}

const every = (ms: number): number[] => Array.from({ length: 200 }, (_, index) => index * ms);
const every40Ms = every(40);

test("what is on time goes when it was booked", () => {
  expect(starts(every40Ms, { from: 0, to: 0 })).toEqual(every40Ms);
});

test("what a stall held up keeps its distances, and catches up with time", () => {
  const gone = starts(every40Ms, { from: 401, to: 601 });
  const gaps = gone.slice(1).map((at, index) => at - (gone[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30);
  expect(gone.at(-1)).toBe(every40Ms.at(-1));
});

test("wherever a short stall falls, what follows keeps three quarters of its distances", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: 160 }), (from, length) => {
      const gone = starts(every40Ms, { from, to: from + length });
      const gaps = gone.slice(1).map((at, index) => at - (gone[index] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30);
    }),
  );
});

test.each([
  { apart: 40, most: 200, what: "five places" },
  { apart: 100, most: 250, what: "a quarter of a second" },
])("after a long stall what comes every $apart ms is late by $what at most", ({ apart, most }) => {
  const booked = every(apart);
  const stall = { from: 100 * apart + 1, to: 150 * apart };
  const late = starts(booked, stall)
    .map((at, index) => ({ at, byMs: at - (booked[index] ?? 0) }))
    .filter(({ at, byMs }) => at - byMs >= stall.to)
    .map(({ byMs }) => byMs);
  expect(late).toHaveLength(50);
  expect(Math.max(...late)).toBeLessThanOrEqual(most + 3);
  expect(Math.max(...late)).toBeGreaterThan(most / 2);
});

test("wherever a stall falls, no second sees more than the platform bears, thirty where 25 are booked", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: 240 }), (from, length) => {
      const gone = starts(every40Ms, { from, to: from + length });
      const most = Math.max(
        ...gone.map((at) => gone.filter((each) => each > at - 1_000 && each <= at).length),
      );
      expect(most).toBeLessThanOrEqual(30);
    }),
  );
});

test("nothing goes before its place has surely come, and what comes after keeps its own", () => {
  let now = 100;
  const lateness = createLateness(() => now);
  // asked at 100, answered at 104: booked for somewhere in between, and 40 ms later
  now = 104;
  expect(lateness.waitFor(100, 104)).toBe(0);
  expect(lateness.waitFor(140, 144)).toBe(40);
  now = 142;
  expect(lateness.waitFor(140, 144)).toBe(2);
  now = 144;
  expect(lateness.waitFor(140, 144)).toBe(0);
  expect(lateness.waitFor(180, 181)).toBe(37);
});

test("what a slow answer held up keeps its distances, too", () => {
  let now = 300;
  const lateness = createLateness(() => now);
  // asked at 100
  expect(lateness.waitFor(100, 300)).toBe(0);
  // booked behind it, and answered at once
  expect(lateness.waitFor(140, 140)).toBeGreaterThan(35);
  now = 340;
  expect(lateness.waitFor(140, 140)).toBe(0);
});
