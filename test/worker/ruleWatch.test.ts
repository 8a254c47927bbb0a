import { describe, expect, test } from "vitest";
import { type EpisodeMemory, freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { type Aggregate, aggregateVenues, type VenueInput } from "../../src/model/aggregate.ts";
import { binWidth } from "../../src/model/grid.ts";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import type { Imbalance } from "../../src/model/types.ts";
import type { Rules } from "../../src/store/contracts/destinations.ts";
import { createRuleWatch, type Outcome } from "../../src/worker/ruleWatch.ts";

const markPrice = 100;
const minute = 60_000;
const start = Date.UTC(2026, 10, 22);
const key = "up-auto-50-2";

/** A hundred million from a distance on; the nearer side's depends on how much it leans. */
function aVenue(id: string, openInterestUsd: number, bins: { long: number; short: number }): VenueInput {
  const side = (nearest: number) => ({
    nearest: nearest * binWidth,
    quantities: new Float64Array(40).fill(openInterestUsd / markPrice / 100),
  });
  const levels = {
    contractType: "linear",
    markPrice,
    long: side(bins.long),
    short: side(bins.short),
  } as const;
  return { id, status: "fresh", ageMs: 1_000, method: "estimated", markPrice, openInterestUsd, levels };
}

const leaning = { long: 60, short: 10 };
const level = { long: 30, short: 30 };
const opposing = { long: 20, short: 50 };
const everybody = (...each: readonly { long: number; short: number }[]): readonly VenueInput[] =>
  each.map((bins, index) => aVenue(`venue${index}`, index === 0 ? 6e9 : 4e9, bins));

const agreed = everybody(leaning, leaning);
/** The map of both is back under the threshold, because one of them leans the other way. */
const torn = everybody({ long: 60, short: 20 }, opposing);
const calm = everybody(level, level);

const noRules: Rules = { inUse: async () => ({ version: "", members: new Map() }) };

function look(inputs: readonly VenueInput[], memory: EpisodeMemory, now: number) {
  const aggregate: Aggregate = aggregateVenues("BTC", now, inputs);
  const measure = (notionalUsd: number): Imbalance =>
    measureImbalance(aggregate, freshNotionalMemory, { notionalUsd, episodeOpen: true }).imbalance;
  return { imbalance: measure(3e8), inputs, configured: 2, measure, memory, now };
}

/** A recompute a minute. */
function watched(rounds: readonly (readonly VenueInput[])[]): readonly Outcome[] {
  const settings = { holdMs: minute, cooldownMs: 60 * minute, warmupMs: 0 };
  const rules = createRuleWatch("BTC", noRules, { settings, always: [key] });
  let memory = freshEpisodeMemory(start);
  return rounds.map((inputs, round) => {
    const outcome = rules.decide(look(inputs, memory, start + round * minute));
    memory = outcome.memory;
    return outcome;
  });
}

const said = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.map(({ decisions }) =>
    decisions
      .filter(({ rule }) => rule === key)
      .map(({ kind, reason }) => `${kind}: ${reason}`)
      .join(),
  );

describe("venues that contradict each other", () => {
  test("drop nothing that is pending", () => {
    expect(said(watched([agreed, torn, agreed, agreed]))).toEqual([
      "pending: pending-hold",
      "hold: contradiction",
      "pending: pending-hold",
      "fire: held",
    ]);
  });

  test("end no episode", () => {
    expect(said(watched([agreed, agreed, torn, agreed]))).toEqual([
      "pending: pending-hold",
      "fire: held",
      "hold: contradiction",
      "firing: already-firing",
    ]);
  });

  test("don't keep it from ending once they agree that it is over", () => {
    expect(said(watched([agreed, agreed, torn, calm])).at(-1)).toBe("resolve: resolved");
  });
});
