import { afterEach, describe, expect, test } from "vitest";
import { killChildren } from "../support/child.ts";
import { runChaos } from "./run.ts";

afterEach(killChildren);

const nothing = { lost: [], repeated: [], invented: [] };

describe("a short chaos (npm run chaos is the long one)", () => {
  test("loses nothing and repeats nothing unsaid while processes, Redis and platforms are struck", async () => {
    const report = await runChaos({
      seed: 20261122,
      crossings: 60,
      everyMs: 60,
      killEveryMs: [300, 900],
      redisEveryMs: 1_500,
      freezeEveryMs: Infinity,
      resetChance: 0.05,
      statusChance: 0.05,
      lostAnswerChance: 0.05,
      isBrief: true,
    });
    expect(report.committed).toBe(60);
    expect(report.kills).toBeGreaterThan(2);
    expect(report.telegram).toMatchObject(nothing);
    expect(report.discord).toMatchObject({ ...nothing, marked: [] });
  });
});
