import { describe, expect, it } from "vitest";
import type { AlertRule, FireDecision } from "../../src/alerts/decision.ts";
import { type EpisodeMemory, freshEpisodeMemory, keepsNotional } from "../../src/alerts/episode.ts";
import { parseEpisodeMemory } from "../../src/alerts/episodeJson.ts";
import type { Imbalance } from "../../src/model/types.ts";
import { imbalanceOf, mirrored, referenceImbalance } from "./examples.ts";
import { decideAlert, type SingleDecision as Decision } from "./single.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const rule: AlertRule = { ratio: 2, holdMs: 90 * second, cooldownMs: hour, warmupMs: 3 * minute };
const start = Date.UTC(2026, 10, 22);

/** [ms since the start, what was measured], one recompute each. */
type Script = readonly (readonly [at: number, imbalance: Imbalance])[];

const over = imbalanceOf(2.5);
const near = imbalanceOf(1.9);
const calm = imbalanceOf(1.1);
const thin: Imbalance = { ...over, regime: "thin" };
const stale: Imbalance = { ...over, regime: "stale" };

describe("every decision has its reason", () => {
  const armed: Script = [[3 * minute, calm]];
  const fired: Script = [...armed, [4 * minute, over], [5 * minute, over], [6 * minute, over]];
  const ended: Script = [...fired, [7 * minute, calm]];
  const cases: readonly [string, Script, string, string][] = [
    ["a balanced market", armed, "quiet", "below-threshold"],
    ["a crossing right after a cold start", [[minute, over]], "hold", "warming-up"],
    ["a crossing seen once", [...armed, [4 * minute, over]], "pending", "pending-hold"],
    [
      "a crossing seen twice, not long enough",
      [...armed, [4 * minute, over], [5 * minute, over]],
      "pending",
      "pending-hold",
    ],
    ["a crossing that held", fired, "fire", "held"],
    ["the next recompute", [...fired, [7 * minute, over]], "firing", "already-firing"],
    ["weaker than τ, above the exit level", [...fired, [7 * minute, near]], "firing", "within-hysteresis"],
    ["back at the exit level", ended, "resolve", "resolved"],
    ["after the end", [...ended, [8 * minute, calm]], "quiet", "below-threshold"],
    ["crossed again within the cooldown", [...ended, [8 * minute, over]], "hold", "cooling-down"],
    ["a thin map", [...armed, [4 * minute, thin]], "hold", "thin"],
    ["stale data", [...armed, [4 * minute, stale]], "hold", "stale"],
    ["stale data while firing", [...fired, [7 * minute, { ...calm, regime: "stale" }]], "hold", "stale"],
    [
      "one side out of reach",
      [...armed, [4 * minute, { ...thin, ratio: null, downDistanceUsd: null }]],
      "hold",
      "one-sided",
    ],
    [
      "both sides out of reach",
      [...armed, [4 * minute, { ...thin, ratio: null, downDistanceUsd: null, upDistanceUsd: null }]],
      "hold",
      "thin",
    ],
    [
      "an infinite ratio",
      [...armed, [4 * minute, { ...over, ratio: Number.POSITIVE_INFINITY }]],
      "hold",
      "invalid-number",
    ],
    ["a price of 0", [...armed, [4 * minute, { ...over, markPrice: 0 }]], "hold", "invalid-number"],
  ];

  it.each(cases)("%s", (_name, script, kind, reason) => {
    expect(run(script).decisions.at(-1)).toMatchObject({ kind, reason });
  });

  it.each(cases)("%s, mirrored", (_name, script, kind, reason) => {
    const down: Script = script.map(([at, imbalance]) => [at, mirrored(imbalance)]);
    const last = run(down).decisions.at(-1);
    const expected = reason === "invalid-number" ? { kind } : { kind, reason };
    expect(last).toMatchObject(expected);
  });
});

describe("a firing", () => {
  it("needs two recomputes even without a hold", () => {
    const decisions = run(
      [
        [0, over],
        [1, over],
      ],
      { ...rule, holdMs: 0, warmupMs: 0 },
    ).decisions;
    expect(kinds(decisions)).toEqual(["pending", "fire"]);
  });

  it("needs the mean over the threshold as well", () => {
    const lucky = imbalanceOf(2.5, 1.9);
    expect(kinds(run(every(minute, 10, lucky)).decisions)).not.toContain("fire");
  });

  it("takes the ratio alone where there is no mean", () => {
    expect(kinds(run(every(minute, 10, imbalanceOf(2.5, null))).decisions)).toContain("fire");
  });

  it("counts the threshold itself as beyond, in both directions", () => {
    expect(fires(run(every(minute, 10, imbalanceOf(2))).decisions)).toMatchObject([{ direction: "up" }]);
    expect(fires(run(every(minute, 10, imbalanceOf(0.5))).decisions)).toMatchObject([{ direction: "down" }]);
  });

  it("has an id that names symbol, rule, direction and episode, and is safe in a key", () => {
    const odd = { ...over, symbol: "BTC:{x}" };
    const [plain] = fires(run(every(minute, 10, over), { ...rule, ratio: 2.5 }).decisions);
    const [escaped] = fires(run(every(minute, 10, odd)).decisions);
    expect(plain?.alertId).toBe(`BTC-up-auto-50-2.5-${start.toString(36)}-1`);
    expect(escaped?.alertId).toMatch(/^[A-Za-z0-9_.-]+$/);
  });

  it("never has the id of one before a memory was lost", () => {
    const [before] = fires(run(every(minute, 10, over)).decisions);
    const [after] = fires(
      run(every(minute, 10, over), rule, freshEpisodeMemory(start + hour), hour).decisions,
    );
    expect(after?.alertId).not.toBe(before?.alertId);
  });
});

describe("an episode", () => {
  const fired: Script = [
    [3 * minute, over],
    [4 * minute, over],
    [5 * minute, over],
  ];

  it("ends under its own id, and names the firing", () => {
    const decisions = run([...fired, [6 * minute, calm]]).decisions;
    const [fire] = fires(decisions);
    expect(decisions.at(-1)).toMatchObject({
      kind: "resolve",
      alertId: `${fire?.alertId}-resolved`,
      episodeId: fire?.alertId,
      firedAt: start + 5 * minute,
    });
  });

  it("goes on while the mean is still beyond the exit level", () => {
    expect(run([...fired, [6 * minute, imbalanceOf(1.1, 1.9)]]).decisions.at(-1)?.kind).toBe("firing");
  });

  it("ends under nine tenths of its threshold, not at them", () => {
    expect(run([...fired, [6 * minute, imbalanceOf(1.8)]]).decisions.at(-1)?.kind).toBe("firing");
    expect(run([...fired, [6 * minute, imbalanceOf(1.79)]]).decisions.at(-1)?.kind).toBe("resolve");
  });

  it("ends at 1.02 where a tenth below the threshold would be under it", () => {
    const low = { ...rule, ratio: 1.1 };
    expect(run([...fired, [6 * minute, imbalanceOf(1.03)]], low).decisions.at(-1)?.kind).toBe("firing");
    expect(run([...fired, [6 * minute, imbalanceOf(1.01)]], low).decisions.at(-1)?.kind).toBe("resolve");
  });

  it("outlives a setting raised meanwhile", () => {
    const { memory } = run(fired);
    const { decision } = decideAlert(memory, imbalanceOf(2.1), { ...rule, ratio: 3 }, start + 6 * minute);
    expect(decision).toMatchObject({ kind: "firing", reason: "already-firing" });
  });

  it("outlives a day without a recompute", () => {
    expect(run([...fired, [24 * hour, over]]).decisions.at(-1)?.kind).toBe("firing");
  });

  it("lets the other direction start at the recompute that ends it", () => {
    const turned: Script = [6, 7, 8].map((at) => [at * minute, imbalanceOf(0.4)]);
    expect(kinds(run([...fired, ...turned]).decisions.slice(2))).toEqual([
      "fire",
      "resolve",
      "pending",
      "fire",
    ]);
  });
});

describe("a pending crossing", () => {
  it("starts anew when the ratio falls back", () => {
    const script: Script = [
      [3 * minute, over],
      [4 * minute, calm],
      [5 * minute, over],
      [6 * minute, over],
    ];
    expect(kinds(run(script).decisions)).toEqual(["pending", "quiet", "pending", "pending"]);
  });

  it("doesn't count the time that bad data interrupts", () => {
    const script: Script = [
      [3 * minute, over],
      [4 * minute, stale],
      [5 * minute, over],
      [6 * minute, over],
    ];
    expect(run(script).decisions.at(-1)).toMatchObject({ kind: "pending", heldMs: minute });
    expect(run([...script, [7 * minute, over]]).decisions.at(-1)?.kind).toBe("fire");
  });

  it("starts anew when only its mean falls back", () => {
    const script: Script = [
      [3 * minute, over],
      [4 * minute, imbalanceOf(2.5, 1.9)],
      [5 * minute, over],
      [6 * minute, over],
    ];
    expect(kinds(run(script).decisions)).toEqual(["pending", "quiet", "pending", "pending"]);
  });

  it("is believed after its hold, to the millisecond", () => {
    const script: Script = [
      [3 * minute, over],
      [4 * minute, over],
    ];
    expect(run(script, { ...rule, holdMs: minute }).decisions.at(-1)?.kind).toBe("fire");
    expect(run(script, { ...rule, holdMs: minute + 1 }).decisions.at(-1)?.kind).toBe("pending");
  });

  it("starts anew after a gap", () => {
    const script: Script = [
      [3 * minute, over],
      [4 * minute, over],
      [20 * minute, over],
    ];
    expect(run(script).decisions.at(-1)).toMatchObject({ kind: "pending", heldMs: 0 });
  });

  it("starts anew after a gap also where no venue was heard for long before", () => {
    const script: Script = [
      [3 * minute, calm],
      [4 * minute, stale],
      [34 * minute, stale],
      [35 * minute, over],
      [55 * minute, over],
    ];
    expect(run(script).decisions.at(-1)).toMatchObject({ kind: "pending", heldMs: 0 });
  });

  it("starts anew after a gap also where nobody recomputed for long before", () => {
    const script: Script = [
      [3 * minute, calm],
      [4 * minute, calm],
      [34 * minute, over],
      [54 * minute, over],
    ];
    expect(run(script).decisions.at(-1)).toMatchObject({ kind: "pending", heldMs: 0 });
  });

  it("starts anew after a gap also where no venue was heard for long after a cold start", () => {
    const script: Script = [
      [minute, stale],
      [31 * minute, over],
      [51 * minute, over],
    ];
    expect(run(script).decisions.at(-1)).toMatchObject({ kind: "pending", heldMs: 0 });
  });

  it("fires where recomputes come an hour apart from now on", () => {
    const { decisions } = run([[3 * minute, calm], [4 * minute, calm], ...every(hour, 9, over).slice(1)]);
    expect(kinds(decisions)).toContain("fire");
  });

  it("takes long steps for what they are where they are usual: hourly bars fire", () => {
    expect(kinds(run(every(hour, 4, over)).decisions)).toEqual(["hold", "pending", "fire", "firing"]);
  });
});

describe("a cooldown", () => {
  const first: Script = [
    [3 * minute, over],
    [4 * minute, over],
    [5 * minute, over],
    [6 * minute, calm],
  ];
  const again = (from: number, to: number): Script =>
    Array.from({ length: (to - from) / minute + 1 }, (_, at) => [from + at * minute, over]);

  it("ends its length after the firing, to the minute", () => {
    const { decisions } = run([...first, ...again(7 * minute, 70 * minute)]);
    expect(fires(decisions).map(({ firedAt }) => firedAt - start)).toEqual([5 * minute, 65 * minute]);
  });

  it("is followed by a firing under an id of its own", () => {
    const ids = fires(run([...first, ...again(7 * minute, 70 * minute)]).decisions).map(
      ({ alertId }) => alertId,
    );
    expect(new Set(ids).size).toBe(2);
  });

  it("survives a restart", () => {
    const { memory } = run(first);
    const restored = parseEpisodeMemory(JSON.stringify(memory), start + 7 * minute);
    expect(restored.reason).toBeUndefined();
    const { decisions } = run(again(7 * minute, 64 * minute), rule, restored.memory);
    expect(new Set(reasons(decisions))).toEqual(new Set(["cooling-down"]));
  });

  it("is not longer, nor does it fire twice, when the clock is set back an hour", () => {
    const back: Script = again(8 * minute, 70 * minute).map(([at, imbalance]) => [at - hour, imbalance]);
    const { decisions } = run([...first, ...back]);
    const real = fires(decisions).map(({ firedAt }) => firedAt - start);
    // the minutes between the last recompute before the change and the first one after it are not counted
    expect(real).toEqual([5 * minute, 67 * minute - hour]);
  });

  it("is not shorter when the clock is set back an hour and forward again", () => {
    const back: Script = again(7 * minute, 20 * minute).map(([at, imbalance]) => [at - hour, imbalance]);
    const { decisions } = run([...first, ...back, ...again(21 * minute, 70 * minute)]);
    expect(fires(decisions).map(({ firedAt }) => firedAt - start)).toEqual([5 * minute, 65 * minute]);
  });

  const blind = (from: number, to: number, aheadMs: number): Script =>
    again(from, to).map(([at]) => [at + aheadMs, stale]);

  it("goes on while no venue is heard", () => {
    const { decisions } = run([
      ...first,
      ...blind(7 * minute, 40 * minute, 0),
      ...again(41 * minute, 70 * minute),
    ]);
    expect(fires(decisions).map(({ firedAt }) => firedAt - start)).toEqual([5 * minute, 65 * minute]);
  });

  it("is as long as ever when the clock is set an hour ahead, so that all data look old, and back", () => {
    const ahead = blind(7 * minute, 20 * minute, hour);
    const { decisions } = run([...first, ...ahead, ...again(21 * minute, 70 * minute)]);
    expect(fires(decisions).map(({ firedAt }) => firedAt - start)).toEqual([5 * minute, 65 * minute]);
  });

  it("is not longer when two replicas' clocks differ by 30 s", () => {
    const skewed: Script = again(7 * minute, 70 * minute).map(([at, imbalance], turn) => [
      at + (turn % 2 === 0 ? 0 : 30 * second),
      imbalance,
    ]);
    const { decisions } = run([...first, ...skewed]);
    const last = fires(decisions).at(-1)?.firedAt ?? 0;
    expect(last - start).toBeGreaterThanOrEqual(65 * minute);
    expect(last - start).toBeLessThanOrEqual(66 * minute);
  });
});

describe("the warm-up", () => {
  it("is not longer when the clock is set back an hour", () => {
    const script: Script = [
      [minute, over],
      [2 * minute - hour, over],
      [3 * minute - hour, over],
      [5 * minute - hour, over],
    ];
    expect(reasons(run(script).decisions)).toEqual([
      "warming-up",
      "warming-up",
      "warming-up",
      "pending-hold",
    ]);
  });

  it("is over after a restart", () => {
    const { memory } = run([[3 * minute, calm]]);
    const { decisions } = run([[hour, over]], rule, memory);
    expect(reasons(decisions)).toEqual(["pending-hold"]);
  });
});

describe("a kept memory", () => {
  const fresh = freshEpisodeMemory(start);

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "it is not an object"],
    ["text that isn't JSON", "{", "it is not JSON"],
    ["a list", [], "it is not an object"],
    ["another version", { ...fresh, version: 1 }, "its version is 1, not 2"],
    ["a missing part", { ...fresh, watch: undefined }, '"watch" is not an object'],
    ["a wrong number", { ...fresh, episodes: -1 }, '"episodes" is not a count'],
    ["no rule", { ...fresh, open: { left: {} } }, '"left" is no rule'],
    [
      "an unknown state",
      { ...fresh, open: { "up-auto-50-2": { status: "odd" } } },
      '"status" is not one of pending, firing',
    ],
    [
      "a cooldown of nothing",
      { ...fresh, cooling: { "up-auto-50-2": null } },
      '"up-auto-50-2" is not a finite number',
    ],
  ])("that is %s is replaced by a fresh one, with the reason", (_name, json, reason) => {
    expect(parseEpisodeMemory(json, start + hour)).toEqual({
      memory: freshEpisodeMemory(start + hour),
      reason,
    });
  });

  it("says whether the notional has to stay", () => {
    expect(keepsNotional(fresh)).toBe(false);
    expect(keepsNotional(run([[3 * minute, over]]).memory)).toBe(true);
    expect(
      keepsNotional(
        run([
          [3 * minute, over],
          [5 * minute, over],
        ]).memory,
      ),
    ).toBe(true);
  });
});

it("the reference case fires upwards", () => {
  expect(fires(run(every(minute, 10, referenceImbalance)).decisions)).toMatchObject([{ direction: "up" }]);
});

function run(
  script: Script,
  by: AlertRule = rule,
  from: EpisodeMemory = freshEpisodeMemory(start),
  offset = 0,
): { decisions: Decision[]; memory: EpisodeMemory } {
  let memory = from;
  const decisions = script.map(([at, imbalance]) => {
    const decided = decideAlert(memory, imbalance, by, start + offset + at);
    memory = decided.memory;
    return decided.decision;
  });
  return { decisions, memory };
}

function every(stepMs: number, times: number, imbalance: Imbalance): Script {
  return Array.from({ length: times }, (_, at) => [at * stepMs, imbalance]);
}

const kinds = (decisions: readonly Decision[]): string[] => decisions.map(({ kind }) => kind);
const reasons = (decisions: readonly Decision[]): string[] => decisions.map(({ reason }) => reason);
const fires = (decisions: readonly Decision[]): FireDecision[] =>
  decisions.filter((decision): decision is FireDecision => decision.kind === "fire");
