import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/sim/random.ts";
import { judge } from "./oracle.ts";
import { planBlows } from "./plan.ts";

const once = (crossing: number) => ({ crossing, marked: false });
const again = (crossing: number) => ({ crossing, marked: true });

describe("the chaos oracle", () => {
  it("is content when everything was told once", () => {
    expect(judge(2, [once(1), once(0)])).toEqual({ lost: [], repeated: [], marked: [], invented: [] });
  });

  it("misses what nobody was told of", () => {
    expect(judge(3, [once(0), once(2)]).lost).toEqual([1]);
  });

  it("tells a marked repeat from an unmarked one", () => {
    const verdict = judge(2, [once(0), once(0), once(1), again(1), again(1)]);
    expect(verdict).toMatchObject({ lost: [], repeated: [0], marked: [1, 1] });
  });

  it("takes a marked copy for the first where no other arrived", () => {
    expect(judge(1, [again(0)])).toMatchObject({ lost: [], repeated: [], marked: [] });
  });

  it("wants the later copy marked: a late one without a word comes from a sender that lost its turn", () => {
    expect(judge(1, [again(0), once(0)])).toMatchObject({ repeated: [0], marked: [] });
  });

  it("sees what was never committed", () => {
    expect(judge(1, [once(0), once(7)]).invented).toEqual([7]);
  });
});

describe("a chaos plan", () => {
  const plan = (seed: number) =>
    planBlows({
      random: createRandom(seed),
      durationMs: 180_000,
      processes: 3,
      notifiers: 2,
      killEveryMs: [2_000, 5_000],
      redisEveryMs: 60_000,
      freezeEveryMs: 50_000,
    });

  it("is the same for the same seed, and another for another", () => {
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  it("strikes as often as it says, in order", () => {
    const blows = plan(3);
    const kills = blows.filter(({ kind }) => kind === "kill").map(({ atMs }) => atMs);
    const pauses = kills.slice(1).map((at, index) => at - (kills[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000);
    expect(blows.filter(({ kind }) => kind === "kill-redis").map(({ atMs }) => atMs)).toEqual([
      60_000, 120_000,
    ]);
    expect(blows.map(({ atMs }) => atMs)).toEqual(blows.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  });
});
