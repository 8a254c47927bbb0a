import { describe, expect, it } from "vitest";
import { edgeOf } from "../../src/alerts/alertId.ts";
import { freshEpisodeMemory, keepsNotional } from "../../src/alerts/episode.ts";
import { indexRules, notionalsOf } from "../../src/alerts/ruleIndex.ts";
import { symbolRules } from "../../src/alerts/ruleState.ts";
import { imbalanceOf } from "./examples.ts";
import { hour, minute, said, settings, start, times, watch } from "./watching.ts";

describe("rules of several thresholds", () => {
  const keys = ["up-auto-50-2", "up-auto-50-3", "up-auto-50-4", "down-auto-50-2"];

  it("that cross together fire together, the strongest first; the others aren't touched", () => {
    const { decisions } = watch(times(3, 3.2), { keys });
    expect(said(decisions[2])).toEqual(["up-auto-50-3 fire: held", "up-auto-50-2 fire: held"]);
  });

  it("are told what they are doing", () => {
    const { memory } = watch([...times(3, 2.2), ...times(2, 3.2)], { keys });
    const { stateOf, hold } = symbolRules(memory, settings);
    const state = (ratio: number, direction: "up" | "down" = "up") =>
      stateOf({ direction, notionalUsd: "auto", confidence: 50, ratio });
    expect(hold).toBeUndefined();
    expect(state(2)).toEqual({ status: "firing", since: start + 2 * minute, level: 0 });
    expect(state(3)).toEqual({ status: "pending", since: start + 3 * minute });
    expect(state(4)).toBeUndefined();
    expect(state(2, "down")).toBeUndefined();
  });

  it("are told until when they cool down, and why nothing is decided", () => {
    const ended = watch([...times(3, 2.2), ...times(1, 1.2)], { keys }).memory;
    const rule = { direction: "up", notionalUsd: "auto", confidence: 50, ratio: 2 } as const;
    expect(symbolRules(ended, settings).stateOf(rule)).toEqual({
      status: "cooling-down",
      until: start + 2 * minute + hour,
    });
    const held = watch(times(1, 1.2), { keys, from: ended, hold: "few-venues" }).memory;
    expect(symbolRules(held, settings).hold).toBe("few-venues");
    expect(symbolRules(freshEpisodeMemory(start), { ...settings, warmupMs: 1 }).hold).toBe("warming-up");
  });

  it("are told neither once it is over", () => {
    const ended = watch([...times(3, 2.2), ...times(1, 1.2)], { keys }).memory;
    const held = watch(times(1, 1.2), { keys, from: ended, hold: "few-venues" }).memory;
    const { hold, stateOf } = symbolRules(watch(times(60, 1.2), { keys, from: held }).memory, settings);
    expect(hold).toBeUndefined();
    expect(stateOf({ direction: "up", notionalUsd: "auto", confidence: 50, ratio: 2 })).toBeUndefined();
  });
});

describe("an episode", () => {
  const keys = ["up-auto-50-2"];
  const fired = watch(times(3, 2.2), { keys }).memory;

  it("is said to be half as strong again, and twice, once each held", () => {
    const { decisions } = watch([...times(3, 3.1), ...times(3, 4.1), ...times(3, 3.1), ...times(3, 4.1)], {
      keys,
      from: fired,
    });
    expect(decisions.flatMap(said).filter((one) => one.includes("escalate"))).toEqual([
      "up-auto-50-2 escalate: half-again",
      "up-auto-50-2 escalate: double",
    ]);
  });

  it("that jumps to twice the threshold is said to be twice as strong only", () => {
    const { decisions } = watch(times(10, 4.1), { keys, from: fired });
    expect(decisions.flatMap(said).filter((one) => one.includes("escalate"))).toEqual([
      "up-auto-50-2 escalate: double",
    ]);
  });

  it.each([
    { strength: 4.1, follows: [] },
    { strength: 3.9, follows: ["up-auto-50-2 escalate: double"] },
  ])("whose first alert said $strength is not called stronger at less", ({ strength, follows }) => {
    const begun = watch([...times(2, 2.2), ...times(1, strength)], { keys });
    expect(begun.decisions.flatMap(said)).toContain("up-auto-50-2 fire: held");
    const { decisions } = watch([...times(3, 3.2), ...times(3, 4)], { keys, from: begun.memory });
    expect(decisions.flatMap(said).filter((one) => one.includes("escalate"))).toEqual(follows);
  });

  it("tells its messages when it grew by a tenth, at most every five minutes", () => {
    const { decisions } = watch([...times(20, 2.5), ...times(20, 2.3), ...times(20, 2.5)], {
      keys,
      from: fired,
    });
    const updates = decisions
      .map((one, at) => [at, one[0]] as const)
      .filter(([, one]) => one?.kind === "update");
    expect(updates.map(([at]) => at)).toEqual([5]);
    expect(updates.map(([, one]) => one && "alertId" in one && edgeOf(one.alertId))).toEqual(["update"]);
  });

  it("goes on where nobody subscribes to its rule any more, to its end", () => {
    const { decisions } = watch([...times(2, 2.2), ...times(2, 1.2)], { keys: [], from: fired });
    expect(decisions.map(said)).toEqual([
      ["up-auto-50-2 firing: already-firing"],
      ["up-auto-50-2 firing: already-firing"],
      ["up-auto-50-2 resolve: resolved"],
      [],
    ]);
  });

  it("is pushed to nobody where nobody subscribes to its rule any more, however strong it grows", () => {
    const { decisions } = watch(times(20, 4.1), { keys: [], from: fired });
    expect([...new Set(decisions.flatMap(said))]).toEqual([
      "up-auto-50-2 firing: already-firing",
      "up-auto-50-2 update: grown",
    ]);
    const again = watch(times(3, 4.1), {
      keys,
      from: watch(times(3, 4.1), { keys: [], from: fired }).memory,
    });
    expect(again.decisions.flatMap(said).at(-1)).toBe("up-auto-50-2 escalate: double");
  });

  it("stays as it is while nothing may be decided", () => {
    const { decisions, memory } = watch(times(30, 1.2), { keys, from: fired, hold: "contradiction" });
    expect(new Set(decisions.flatMap(said))).toEqual(new Set(["up-auto-50-2 hold: contradiction"]));
    expect(memory.open).toEqual(fired.open);
  });

  it("keeps the reference notional for its first six hours only", () => {
    expect(keepsNotional(fired)).toBe(true);
    expect(keepsNotional(watch(times(400, 2.2), { keys, from: fired }).memory)).toBe(false);
  });
});

describe("a crossing that is pending", () => {
  const [key, other] = ["up-auto-50-2", "up-auto-50-2.1"];
  const pending = watch(times(2, 2.2), { keys: [key, other] }).memory;

  it("comes to nothing where nobody subscribes to its rule any more", () => {
    expect(Object.keys(pending.open)).toEqual([other, key]);
    const { decisions, memory } = watch(times(5, 2.2), { keys: [other], from: pending });
    expect(decisions.flatMap(said).filter((one) => one.startsWith(`${key} `))).toEqual([]);
    expect(decisions.flatMap(said)).toContain(`${other} fire: held`);
    expect(Object.keys(memory.open)).toEqual([other]);
  });

  it("begins anew for who subscribes to it again", () => {
    const { decisions } = watch(times(1, 2.2), {
      keys: [key],
      from: watch(times(1, 2.2), { keys: [], from: pending }).memory,
    });
    expect(decisions.map(said)).toEqual([["up-auto-50-2 pending: pending-hold"]]);
  });
});

describe("how sure one wants to be", () => {
  const keys = ["up-auto-50-2", "up-auto-80-2", "up-auto-90-2"];
  const ratioPercentiles = { p10: 1.8, p20: 2.1, p50: 2.6, p80: 3, p90: 3.2 };

  it("decides which percentile must be beyond the threshold", () => {
    const sure = times(3, 2.6).map((one) => ({ ...one, ratioPercentiles }));
    expect(said(watch(sure, { keys }).decisions[2])).toEqual([
      "up-auto-80-2 fire: held",
      "up-auto-50-2 fire: held",
    ]);
  });

  it("downwards the mirror", () => {
    const mirrored = { p10: 1 / 3.2, p20: 1 / 3, p50: 1 / 2.6, p80: 1 / 2.1, p90: 1 / 1.8 };
    const sure = times(3, 1 / 2.6).map((one) => ({ ...one, ratioPercentiles: mirrored }));
    const down = keys.map((key) => key.replace("up", "down"));
    expect(said(watch(sure, { keys: down }).decisions[2])).toEqual([
      "down-auto-80-2 fire: held",
      "down-auto-50-2 fire: held",
    ]);
  });

  it("ends an episode where the percentile is back, though the ratio isn't", () => {
    const sure = { ...imbalanceOf(2.6), ratioPercentiles };
    const unsure = { ...sure, ratioPercentiles: { ...ratioPercentiles, p20: 1.7 } };
    const { decisions } = watch([sure, sure, sure, unsure], { keys: ["up-auto-80-2"] });
    expect(decisions.flatMap(said).slice(2)).toEqual([
      "up-auto-80-2 fire: held",
      "up-auto-80-2 resolve: resolved",
    ]);
  });

  it("changes nothing while the model gives no percentiles", () => {
    expect(watch(times(3, 2.6), { keys }).decisions[2]).toHaveLength(3);
  });

  it("holds what must be sure where the model can't say", () => {
    const unsure = times(3, 2.6).map((one) => ({ ...one, ratioPercentiles: null }));
    expect(said(watch(unsure, { keys }).decisions[2])).toEqual(["up-auto-50-2 fire: held"]);
    const fired = watch(times(3, 2.6), { keys }).memory;
    expect(said(watch(unsure, { keys, from: fired }).decisions[0])).toContain("up-auto-80-2 hold: uncertain");
  });

  it("never fires above what the message will say", () => {
    const odd = times(3, 1.9).map((one) => ({ ...one, ratioPercentiles }));
    expect(watch(odd, { keys }).decisions.flat()).toEqual([]);
  });
});

describe("sums of their own", () => {
  it("are asked of the model, each once", () => {
    const keys = [
      "up-auto-50-2",
      "up-1000000000-50-2",
      "down-1000000000-80-3",
      "up-500000000-50-2",
      "nonsense",
    ];
    expect([...notionalsOf(indexRules(keys))]).toEqual([1_000_000_000, 500_000_000]);
  });

  it("that could not be measured are held", () => {
    const fired = watch(times(3, 2.2), { keys: ["up-auto-50-2"] }).memory;
    const open = { "up-1000000000-50-2": Object.values(fired.open)[0] };
    const from = { ...fired, open: JSON.parse(JSON.stringify(open)) };
    expect(said(watch(times(1, 2.2), { keys: [], from }).decisions[0])).toEqual([
      "up-1000000000-50-2 hold: thin",
    ]);
  });
});
