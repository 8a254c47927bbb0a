import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/alerts/decision.ts";
import { parseEpisodeMemory } from "../../src/alerts/episodeJson.ts";
import type { Imbalance } from "../../src/model/types.ts";
import { imbalanceOf } from "./examples.ts";
import { said, times, watch } from "./watching.ts";

const keys = ["up-auto-50-2"];
const fired = watch(times(3, 2.2), { keys }).memory;

/** At which of these recomputes, one a minute from the firing on, something of a kind was said. */
function saidAt(kind: Decision["kind"], imbalances: readonly Imbalance[]): readonly number[] {
  const { decisions } = watch(imbalances, { keys, from: fired });
  return decisions.flatMap((one, at) => (one.some((each) => each.kind === kind) ? [at] : []));
}

describe("an episode that is to be said stronger", () => {
  const stale: Imbalance = { ...imbalanceOf(3.1), regime: "stale" };

  it.each<[string, readonly Imbalance[], readonly number[]]>([
    [
      "begins anew when it falls back before it has held",
      [3.1, 2.2, 3.1, 3.1, 3.1].map((ratio) => imbalanceOf(ratio)),
      [4],
    ],
    ["doesn't count the time that bad data interrupts", [imbalanceOf(3.1), stale, ...times(3, 3.1)], [4]],
    [
      "isn't by its ratio alone, without the mean",
      Array.from({ length: 9 }, () => imbalanceOf(3.1, 2.2)),
      [],
    ],
  ])("%s", (_name, imbalances, expected) => {
    expect(saidAt("escalate", imbalances)).toEqual(expected);
  });

  it("isn't so from the start by its ratio alone", () => {
    const begun = watch([...times(2, 2.2), imbalanceOf(3.1, 2.2)], { keys });
    expect(begun.decisions.flatMap(said).at(-1)).toBe("up-auto-50-2 fire: held");
    const { decisions } = watch(times(3, 3.1), { keys, from: begun.memory });
    expect(decisions.flatMap(said).at(-1)).toBe("up-auto-50-2 escalate: half-again");
  });

  it("goes on over a restart", () => {
    const rising = watch(times(2, 3.1), { keys, from: fired }).memory;
    const { memory } = parseEpisodeMemory(JSON.stringify(rising), 0);
    const { decisions } = watch(times(2, 3.1), { keys, from: memory });
    expect(decisions.flatMap(said).at(-1)).toBe("up-auto-50-2 escalate: half-again");
  });
});

describe("messages of an episode that grows", () => {
  it("are told each time five minutes after the last, each time under another id", () => {
    const grown = [...times(6, 2.5), ...times(8, 2.8)];
    expect(saidAt("update", grown)).toEqual([5, 10]);
    const alerts = watch(grown, { keys, from: fired }).decisions.flat();
    const ids = alerts.flatMap((one) => (one.kind === "update" ? [one.alertId] : []));
    expect(new Set(ids).size).toBe(2);
  });

  it("aren't told what an escalation has said", () => {
    expect(saidAt("update", times(15, 3.1))).toEqual([]);
  });

  it("are told of more five minutes after an escalation, not at once", () => {
    expect(saidAt("update", [...times(3, 3.1), ...times(9, 3.5)])).toEqual([7]);
  });
});
