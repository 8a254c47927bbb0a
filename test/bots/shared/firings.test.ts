import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decideRules } from "../../../src/alerts/decide.ts";
import { freshEpisodeMemory } from "../../../src/alerts/episode.ts";
import { indexRules } from "../../../src/alerts/ruleIndex.ts";
import { ruleKey } from "../../../src/alerts/rules.ts";
import { createFirings, rehearse } from "../../../src/bots/shared/firings.ts";
import type { HistoryPoint } from "../../../src/store/contracts/symbols.ts";
import { imbalanceOf } from "../../alerts/examples.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const settings = { holdMs: 90_000, cooldownMs: 30 * minute, warmupMs: 0 };
const ratios = [1.5, 2, 3];

function points(values: readonly number[], startAt = 1_000_000_000_000): HistoryPoint[] {
  return values.map((ratio, index) => ({
    time: startAt + index * minute,
    markPrice: 1,
    ratio,
    ratioLow: null,
    ratioHigh: null,
    notionalUsd: 1,
  }));
}

function rehearsedCounts(recorded: readonly HistoryPoint[]): ReadonlyMap<number, number> {
  const rehearsal = rehearse(ratios, settings);
  for (const point of recorded) rehearsal.see(point);
  return rehearsal.counts();
}

/** What the rules themselves would have decided, minute by minute. */
function decidedCounts(recorded: readonly HistoryPoint[]): ReadonlyMap<number, number> {
  const rules = indexRules(
    ratios.flatMap((ratio) =>
      (["up", "down"] as const).map((direction) =>
        ruleKey({ direction, ratio, notionalUsd: "auto", confidence: 50 }),
      ),
    ),
  );
  const counts = new Map(ratios.map((ratio) => [ratio, 0]));
  let memory = freshEpisodeMemory(recorded[0]?.time ?? 0);
  for (const { time, ratio } of recorded) {
    const sighting = { symbol: "BTC", imbalances: new Map([["auto" as const, imbalanceOf(ratio ?? 1)]]) };
    const decided = decideRules(memory, sighting, rules, settings, time);
    memory = decided.memory;
    for (const { kind, rule } of decided.decisions) {
      const fired = ratios.find((one) => rule.endsWith(`-${one}`));
      if (kind === "fire" && fired !== undefined) counts.set(fired, (counts.get(fired) ?? 0) + 1);
    }
  }
  return counts;
}

test("a rehearsal counts what the rules would have decided", () => {
  const stretch = fc
    .tuple(fc.constantFrom(0.3, 0.5, 0.7, 1, 1.4, 1.6, 2.2, 3.5), fc.integer({ min: 1, max: 50 }))
    .map(([ratio, minutes]) => Array.from({ length: minutes }, () => ratio));
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 20 }), (stretches) => {
      const recorded = points(stretches.flat());
      expect(rehearsedCounts(recorded)).toEqual(decidedCounts(recorded));
    }),
    { numRuns: 40 },
  );
});

test("the same crossing, held, is one firing; a flicker is none", () => {
  expect(rehearsedCounts(points([1, 2.2, 1, 2.2, 1])).get(2)).toBe(0);
  expect(rehearsedCounts(points([1, 2.2, 2.2, 2.2, 1.9, 2.2, 2.2])).get(2)).toBe(1);
});

test("is asked of the last thirty days, remembered for a while, and 0 days where little was recorded", async () => {
  const now = 1_000_000_000_000;
  let reads = 0;
  const clock = { now: () => now, realMs: (ms: number) => ms, sleep: async () => undefined };
  const firings = createFirings(
    async (_symbol, from) => {
      reads += 1;
      expect(from).toBe(now - 30 * day);
      return points([1, 2.2, 2.2, 2.2, 1], now - 3 * day);
    },
    settings,
    clock,
  );
  const told = await firings("BTC", ratios);
  expect(told).toMatchObject({ days: 3, isReconstructed: false });
  expect(told.counts.get(2)).toBe(1);
  await firings("BTC", ratios);
  expect(reads).toBe(1);
  const none = createFirings(async () => [], settings, clock);
  expect((await none("BTC", ratios)).days).toBe(0);
});
