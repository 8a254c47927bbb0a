import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRules } from "../../src/alerts/decide.ts";
import { type Decision, isSaid, type RuleSettings } from "../../src/alerts/decision.ts";
import { type EpisodeMemory, freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { parseEpisodeMemory } from "../../src/alerts/episodeJson.ts";
import { indexRules } from "../../src/alerts/ruleIndex.ts";
import { onGrid, type Rule, type RuleKey, ruleKey } from "../../src/alerts/rules.ts";
import type { Imbalance, RatioPercentiles } from "../../src/model/types.ts";
import { imbalanceOf } from "./examples.ts";

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 10, 22);
const billion = 1_000_000_000;
const settings: RuleSettings = { holdMs: 90_000, cooldownMs: hour, warmupMs: 0 };

type Measured = ReadonlyMap<number | "auto", Imbalance>;

const ratio = fc.double({ min: -3.2, max: 3.2, noNaN: true }).map(Math.exp);
const percentiles: fc.Arbitrary<RatioPercentiles | null | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc
    .array(ratio, { minLength: 5, maxLength: 5 })
    .map((five) => five.toSorted((a, b) => a - b))
    .map(([p10 = 1, p20 = 1, p50 = 1, p80 = 1, p90 = 1]) => ({ p10, p20, p50, p80, p90 })),
);
const imbalance: fc.Arbitrary<Imbalance> = fc
  .tuple(ratio, ratio, percentiles, fc.integer({ min: 0, max: 9 }))
  .map(([one, mean, sure, luck]) => {
    const { ratioPercentiles: _none, ...good } = imbalanceOf(one, mean);
    if (luck === 0) return { ...good, regime: "stale" };
    return sure === undefined ? good : { ...good, ratioPercentiles: sure };
  });
const history = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 3 * minute }),
    measured: fc.tuple(imbalance, imbalance).map(
      ([auto, own]): Measured =>
        new Map<number | "auto", Imbalance>([
          ["auto", auto],
          [billion, own],
        ]),
    ),
  }),
  { maxLength: 80 },
);
const rules = fc.uniqueArray(
  fc.record({
    direction: fc.constantFrom("up" as const, "down" as const),
    notionalUsd: fc.constantFrom("auto" as const, billion),
    confidence: fc.constantFrom(50 as const, 80 as const, 90 as const),
    ratio: fc.double({ min: 1.1, max: 20, noNaN: true }).map(onGrid),
  }),
  { minLength: 1, maxLength: 12, selector: ruleKey },
);

interface Said {
  readonly at: number;
  readonly measured: Measured;
  readonly decisions: readonly Decision[];
}

interface Run {
  readonly steps: readonly { readonly after: number; readonly measured: Measured }[];
  readonly keys: readonly RuleKey[];
  readonly restarting?: boolean;
}

function run({ steps, keys, restarting = false }: Run): readonly Said[] {
  const index = indexRules(keys);
  let at = start;
  let memory: EpisodeMemory = freshEpisodeMemory(start);
  return steps.map(({ after, measured }) => {
    at += after;
    const decided = decideRules(memory, { symbol: "BTC", imbalances: measured }, index, settings, at);
    memory = restarting ? parseEpisodeMemory(JSON.stringify(decided.memory), 0).memory : decided.memory;
    return { at, measured, decisions: decided.decisions };
  });
}

/** What a rule did, without the numbers of its episodes, which count all rules'. */
function storyOf(said: readonly Said[], key: RuleKey): readonly string[] {
  return said.map(({ decisions }) => {
    const decision = decisions.find(({ rule }) => rule === key);
    return decision === undefined || decision.kind === "quiet" ? "" : `${decision.kind}: ${decision.reason}`;
  });
}

function saidOf(said: readonly Said[], key: RuleKey) {
  return said.flatMap(({ at, decisions }) =>
    decisions.filter(isSaid).flatMap((decision) => (decision.rule === key ? [{ at, decision }] : [])),
  );
}

const any = fc.record({ steps: history, wanted: rules });
const keysOf = (wanted: readonly Rule[]): readonly RuleKey[] => wanted.map(ruleKey);

describe("however many rules are watched together", () => {
  it("each does what it would do alone", () => {
    fc.assert(
      fc.property(any, ({ steps, wanted }) => {
        const keys = keysOf(wanted);
        const together = run({ steps, keys });
        for (const key of keys)
          expect(storyOf(together, key)).toEqual(storyOf(run({ steps, keys: [key] }), key));
      }),
    );
  });

  it("each fires at most once within its cooldown, and every firing ends before the next", () => {
    fc.assert(
      fc.property(any, ({ steps, wanted }) => {
        const keys = keysOf(wanted);
        const said = run({ steps, keys });
        for (const key of keys) {
          const edges = saidOf(said, key).filter(({ decision }) => /^(fire|resolve)$/.test(decision.kind));
          edges.forEach(({ decision }, nth) =>
            expect(decision.kind).toBe(nth % 2 === 0 ? "fire" : "resolve"),
          );
          const fired = edges.filter(({ decision }) => decision.kind === "fire").map(({ at }) => at);
          const pauses = fired.slice(1).map((at, nth) => at - (fired[nth] ?? 0));
          expect(Math.min(hour, ...pauses)).toBe(hour);
        }
      }),
    );
  });

  it("each episode escalates at most twice, upwards, and no alert has another's id", () => {
    fc.assert(
      fc.property(any, ({ steps, wanted }) => {
        const said = run({ steps, keys: keysOf(wanted) }).flatMap(({ decisions }) =>
          decisions.filter(isSaid),
        );
        expect(new Set(said.map(({ alertId }) => alertId)).size).toBe(said.length);
        for (const episodeId of new Set(said.map((decision) => decision.episodeId))) {
          const levels = said
            .filter((decision) => decision.episodeId === episodeId && decision.kind === "escalate")
            .map(({ reason }) => reason);
          expect([[], ["half-again"], ["double"], ["half-again", "double"]]).toContainEqual(levels);
        }
      }),
    );
  });

  it("the strongest threshold comes first", () => {
    fc.assert(
      fc.property(any, ({ steps, wanted }) => {
        for (const { decisions } of run({ steps, keys: keysOf(wanted) })) {
          const thresholds = decisions.map(({ rule }) => Number(rule.split("-")[3]));
          expect(thresholds).toEqual(thresholds.toSorted((a, b) => b - a));
        }
      }),
    );
  });

  it("nothing is said while the figures it is about are stale", () => {
    fc.assert(
      fc.property(any, ({ steps, wanted }) => {
        for (const { decisions, measured } of run({ steps, keys: keysOf(wanted) })) {
          const isAboutStale = ({ rule }: Decision): boolean =>
            measured.get(rule.includes("auto") ? "auto" : billion)?.regime === "stale";
          expect(decisions.filter(isSaid).some(isAboutStale)).toBe(false);
        }
      }),
    );
  });

  it("a restart after every recompute changes nothing", () => {
    fc.assert(
      fc.property(any, ({ steps, wanted }) => {
        const keys = keysOf(wanted);
        expect(run({ steps, keys, restarting: true })).toEqual(run({ steps, keys }));
      }),
    );
  });
});
