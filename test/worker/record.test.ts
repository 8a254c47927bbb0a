import { describe, expect, test } from "vitest";
import type { Decision, HoldReason } from "../../src/alerts/decision.ts";
import { freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { createMetrics } from "../../src/ops/metrics.ts";
import { createCalibrationRecorder } from "../../src/worker/calibrationRecord.ts";
import { createRecorder } from "../../src/worker/record.ts";
import { firedUp, referenceImbalance } from "../alerts/examples.ts";
import { silentLog } from "../support/redis.ts";
import { spokenLog } from "../support/spokenLog.ts";

const rule = { rule: "up-auto-50-2", direction: "up" } as const;
const quiet: Decision = { ...rule, kind: "quiet", reason: "below-threshold" };
const cooling: Decision = { ...rule, kind: "hold", reason: "cooling-down" };

function outcomeOf(decisions: readonly Decision[], held?: HoldReason) {
  return { decisions, memory: { ...freshEpisodeMemory(0), ...(held && { held }) } };
}

test("what became of learned weights is metered and logged with its reason", async () => {
  const metrics = createMetrics();
  const log = spokenLog();
  const reason = "better than the weights in force and than the prior's";
  createCalibrationRecorder(metrics, log)("BTC", { kind: "adopted", reason, day: 20_000, skill: 0.04 });
  const text = await metrics.registry.metrics();
  expect(text).toContain(`lopside_calibrations_total{outcome="adopted"} 1`);
  expect(text).toContain(`lopside_learned_skill{symbol="BTC"} 0.04`);
  expect(log.said.map(({ fields }) => fields)).toMatchObject([
    { symbol: "BTC", decision: "adopted", reason, from: "2024-10-04T00:00:00.000Z" },
  ]);
});

describe("a recorder", () => {
  test("meters what fired, what was held back and how old each venue's data is", async () => {
    const metrics = createMetrics();
    const record = createRecorder(metrics, silentLog);
    record(referenceImbalance, outcomeOf([firedUp]));
    record(referenceImbalance, outcomeOf([cooling]));
    record(referenceImbalance, outcomeOf([cooling]));
    record(referenceImbalance, outcomeOf([], "stale"));
    const text = await metrics.registry.metrics();
    expect(text).toContain(`lopside_alerts_total{symbol="BTC",regime="short-squeeze"} 1`);
    expect(text).toContain(`lopside_suppressed_total{reason="cooling-down"} 2`);
    expect(text).toContain(`lopside_suppressed_total{reason="stale"} 1`);
    expect(text).toContain(`lopside_rule_decisions_total{decision="fire",reason="held"} 1`);
    expect(text).toContain(`lopside_feed_age_seconds{venue="binanceusdm",symbol="BTC"} 4.2`);
  });

  test("meters which series are set aside, and why, until they are believed again", async () => {
    const metrics = createMetrics();
    const log = spokenLog();
    const record = createRecorder(metrics, log);
    const [first, ...others] = referenceImbalance.venues;
    if (first === undefined) throw new Error("no venue");
    const jumped = { ...first, status: "quarantined", reason: "open interest jumped from 1 to 2" } as const;
    const aside = { ...referenceImbalance, venues: [jumped, ...others] };
    const labels = `series="binanceusdm",symbol="BTC",reason="open-interest"`;
    for (const imbalance of [aside, aside]) record(imbalance, outcomeOf([]));
    expect(await metrics.registry.metrics()).toContain(`lopside_quarantined{${labels}} 1`);
    record(referenceImbalance, outcomeOf([]));
    record(aside, outcomeOf([]));
    record(referenceImbalance, outcomeOf([]));
    const text = await metrics.registry.metrics();
    expect(text).toContain(`lopside_quarantined{${labels}} 0`);
    expect(text).toContain(`lopside_quarantines_total{series="binanceusdm",reason="open-interest"} 2`);
  });

  test("a venue without data has no age", async () => {
    const metrics = createMetrics();
    const [first] = referenceImbalance.venues;
    if (first === undefined) throw new Error("no venue");
    createRecorder(metrics, silentLog)(
      { ...referenceImbalance, venues: [{ ...first, ageMs: null }] },
      outcomeOf([]),
    );
    expect(await metrics.registry.metrics()).not.toContain("lopside_feed_age_seconds{");
  });

  test("tells each symbol's decision when its reason changes, and not every slot", () => {
    const log = spokenLog();
    const record = createRecorder(createMetrics(), log);
    for (const decision of [quiet, quiet, cooling, cooling, quiet])
      record(referenceImbalance, outcomeOf([decision]));
    record({ ...referenceImbalance, symbol: "ETH" }, outcomeOf([quiet], "stale"));
    expect(log.said.map(({ fields }) => fields)).toMatchObject([
      { symbol: "BTC", reason: "watching" },
      { symbol: "BTC", rule: rule.rule, reason: "below-threshold" },
      { symbol: "BTC", reason: "cooling-down" },
      { symbol: "BTC", reason: "below-threshold" },
      { symbol: "ETH", reason: "stale" },
      { symbol: "ETH", rule: rule.rule, reason: "below-threshold" },
    ]);
  });
});
