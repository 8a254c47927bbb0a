import { describe, expect, test } from "vitest";
import { freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { freshNotionalMemory } from "../../src/model/imbalance.ts";
import { decodeMemory, encodeMemory, type SymbolMemory } from "../../src/worker/memory.ts";
import { imbalanceOf } from "../alerts/examples.ts";
import { decideAlert } from "../alerts/single.ts";

const now = Date.UTC(2026, 10, 22, 12);
const rule = { ratio: 2, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 0 };
const fresh: SymbolMemory = { notional: freshNotionalMemory, episode: freshEpisodeMemory(now) };

/** After a crossing has begun to be held, and while a new reference notional is being considered. */
function busyMemory(): SymbolMemory {
  const { memory: episode } = decideAlert(freshEpisodeMemory(now), imbalanceOf(3), rule, now + 60_000);
  return { notional: { notionalUsd: 1.1e9, candidate: { notionalUsd: 1.2e9, since: now } }, episode };
}

describe("a symbol's memory", () => {
  test.each([
    ["at the cold start", fresh],
    ["with a pending crossing and a candidate", busyMemory()],
  ])("comes back as it was kept, %s", (_when, memory) => {
    expect(decodeMemory(encodeMemory(memory), now + 999)).toEqual({ memory });
  });

  test("where nothing is kept a cold start begins, without a complaint", () => {
    expect(decodeMemory(undefined, now)).toEqual({ memory: fresh });
  });

  test.each([
    ["no JSON", "{"],
    ["something else", `"hello"`],
    [
      "a notional that can't be",
      JSON.stringify({ ...fresh, notional: { notionalUsd: -1, candidate: null } }),
    ],
    ["no notional", JSON.stringify({ episode: fresh.episode })],
  ])("%s is a cold start that says why", (_what, json) => {
    const { memory, reason } = decodeMemory(json, now);
    expect(memory).toEqual(fresh);
    expect(reason).toMatch(/./);
  });

  test("an episode of another version costs a warm-up, not the reference notional", () => {
    const kept = busyMemory();
    const json = JSON.stringify({ ...kept, episode: { ...kept.episode, version: 99 } });
    const { memory, reason } = decodeMemory(json, now);
    expect(memory).toEqual({ notional: kept.notional, episode: fresh.episode });
    expect(reason).toContain("99");
  });
});
