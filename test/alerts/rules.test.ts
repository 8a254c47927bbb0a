import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isOnGrid,
  nearestThresholds,
  onGrid,
  parseRuleKey,
  type Rule,
  ruleKey,
  rulesOf,
} from "../../src/alerts/rules.ts";
import { aSubscription } from "../store/destinations/subscriptions.ts";

const ratio = fc.double({ min: 1, max: 25, noNaN: true });
const rule: fc.Arbitrary<Rule> = fc.record({
  direction: fc.constantFrom("up", "down"),
  notionalUsd: fc.oneof(fc.constant("auto" as const), fc.constantFrom(100_000, 1.1e9, 1e12)),
  confidence: fc.constantFrom(50, 80, 90),
  ratio: ratio.map(onGrid),
});

describe("thresholds", () => {
  it.each([
    [2, 2],
    [2.52, 2.5],
    [2.53, 2.55],
    [4.99, 5],
    [5.2, 5],
    [5.25, 5.5],
    [1, 1.1],
    [99, 20],
  ])("%d is watched as %d", (asked, watched) => {
    expect(onGrid(asked)).toBe(watched);
  });

  it.each([
    [2.63, [2.6, 2.65]],
    [4.98, [4.95, 5]],
    [5.1, [5, 5.5]],
    [2.6, [2.6, 2.6]],
    [1, [1.1, 1.1]],
    [99, [20, 20]],
  ])("beside %d are %j", (asked, nearest) => {
    expect(nearestThresholds(asked)).toEqual(nearest);
  });

  it("that are watched stay as they are, and are written in few digits", () => {
    fc.assert(
      fc.property(ratio.map(onGrid), (step) => {
        expect(isOnGrid(step)).toBe(true);
        expect(String(step)).toMatch(/^\d{1,2}(\.\d{1,2})?$/);
      }),
    );
  });
});

describe("the key of a rule", () => {
  it("reads well, and fits into a key of Redis", () => {
    expect(ruleKey({ direction: "up", notionalUsd: "auto", confidence: 80, ratio: 2.5 })).toBe(
      "up-auto-80-2.5",
    );
    expect(ruleKey({ direction: "down", notionalUsd: 1.1e9, confidence: 50, ratio: 2 })).toBe(
      "down-1100000000-50-2",
    );
  });

  it("is read back to the rule it was made of", () => {
    fc.assert(
      fc.property(rule, (one) => {
        expect(ruleKey(one)).toMatch(/^[A-Za-z0-9_.-]+$/);
        expect(parseRuleKey(ruleKey(one))).toEqual(one);
      }),
    );
  });

  it.each([
    "",
    "up",
    "up-auto-80",
    "up-auto-80-2.51",
    "up-auto-75-2",
    "up--5-80-2",
    "up-auto-80-2-1",
    "up-auto-80-02",
  ])("that nobody made is none: %s", (key) => {
    expect(parseRuleKey(key)).toBeUndefined();
  });
});

describe("a subscription", () => {
  it("in both directions belongs to two rules, in one to one, and while off to none", () => {
    expect(rulesOf(aSubscription()).map(ruleKey)).toEqual(["up-auto-50-2", "down-auto-50-2"]);
    expect(rulesOf(aSubscription({ direction: "down" })).map(ruleKey)).toEqual(["down-auto-50-2"]);
    expect(rulesOf(aSubscription({ mode: "off" }))).toEqual([]);
  });
});
