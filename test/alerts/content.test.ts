import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alertContent, parseAlertContent, testAlertContent } from "../../src/alerts/content.ts";
import type { ResolveDecision } from "../../src/alerts/decision.ts";
import type { Imbalance } from "../../src/model/types.ts";
import { alertMessage } from "../../src/alerts/message.ts";
import { exampleTime, firedUp, imbalanceOf, referenceImbalance } from "./examples.ts";

const resolved: ResolveDecision = {
  kind: "resolve",
  reason: "resolved",
  rule: firedUp.rule,
  direction: "up",
  alertId: `${firedUp.alertId}-resolved`,
  episodeId: firedUp.episodeId,
  firedAt: exampleTime,
};
const later: Imbalance = { ...imbalanceOf(1.31), time: exampleTime + 3_600_000 };
const honest: Imbalance = {
  ...referenceImbalance,
  ratioLow: 2.1,
  ratioHigh: 3.2,
  realisedShare: 0.002,
  coverage: 0.83,
  venues: referenceImbalance.venues.map((venue) =>
    venue.id === "okx" ? { ...venue, status: "failed", ageMs: null } : venue,
  ),
};

it("a firing's content is the facts of the imbalance, and nothing that isn't known", () => {
  expect(alertContent(referenceImbalance, firedUp)).toEqual({
    version: 1,
    kind: "firing",
    alertId: firedUp.alertId,
    rule: "up-auto-50-2",
    symbol: "BTC",
    direction: "up",
    firedAt: exampleTime,
    time: exampleTime,
    ratio: 2_000 / 770,
    markPrice: 84_230,
    notionalUsd: 1_100_000_000,
    downDistanceUsd: 2_000,
    upDistanceUsd: 770,
    downDistanceRatio: 2_000 / 84_230,
    upDistanceRatio: 770 / 84_230,
    venues: { fresh: 3, total: 3, missing: [] },
    coverage: 1,
    ageMs: 4_200,
  });
});

it("says which venues are missing, the band and the realised share once they are known", () => {
  expect(alertContent(honest, firedUp)).toMatchObject({
    venues: { fresh: 2, total: 3, missing: ["okx"] },
    coverage: 0.83,
    band: { low: 2.1, high: 3.2 },
    realisedShare: 0.002,
  });
});

it("the end of an episode says which one, and where the ratio is now", () => {
  expect(alertContent(later, resolved)).toEqual({
    version: 1,
    kind: "resolved",
    alertId: `${firedUp.alertId}-resolved`,
    firedAlertId: firedUp.alertId,
    rule: "up-auto-50-2",
    symbol: "BTC",
    direction: "up",
    firedAt: exampleTime,
    time: exampleTime + 3_600_000,
    ratio: 1.31,
  });
});

it("an escalation says how much stronger it is, and is read back", () => {
  const escalation = { ...firedUp, kind: "escalate", alertId: `${firedUp.alertId}-x2` } as const;
  const content = alertContent(referenceImbalance, { ...escalation, reason: "double" });
  expect(content).toMatchObject({ kind: "firing", level: 2 });
  expect(parseAlertContent(JSON.stringify(content))).toEqual({ ok: true, value: content });
  expect(alertContent(referenceImbalance, { ...escalation, reason: "half-again" })).toMatchObject({
    level: 1,
  });
  expect(alertMessage(content, "en")).toMatchObject({
    headline: expect.stringMatching(/^STRONGER · BTC 2.6× lopsided/),
  });
});

it("nothing can be said of an imbalance that decides nothing", () => {
  expect(() => alertContent({ ...referenceImbalance, regime: "thin" }, firedUp)).toThrow("thin");
});

it("a test is the reference case at the price it is given", () => {
  const content = testAlertContent("SOL", exampleTime, 132);
  expect(content).toMatchObject({ kind: "test", symbol: "SOL", notionalUsd: 1_100_000_000, markPrice: 132 });
  expect(content.ratio).toBeCloseTo(2.597, 3);
  expect(content.upDistanceUsd).toBeCloseTo(1.207, 3);
  expect(testAlertContent("BTC", exampleTime).downDistanceUsd).toBeCloseTo(2_000, 6);
});

describe("kept as JSON", () => {
  const kept = [
    ["a firing", alertContent(referenceImbalance, firedUp)],
    ["a firing with all that can be known", alertContent(honest, firedUp)],
    ["an end", alertContent(later, resolved)],
    ["a test", testAlertContent("BTC", exampleTime)],
  ] as const;

  it.each(kept)("%s comes back the same, as text or parsed", (_name, content) => {
    const text = JSON.stringify(content);
    expect(parseAlertContent(text)).toEqual({ ok: true, value: content });
    expect(parseAlertContent(JSON.parse(text))).toEqual({ ok: true, value: content });
  });

  it.each<[string, object, string]>([
    ["a newer version", { version: 2 }, "its version is 2, not 1"],
    ["an unknown kind", { kind: "shout" }, '"kind" is not one of firing, test, resolved'],
    ["a ratio of 0", { ratio: 0 }, '"ratio" is not a positive number'],
    ["a distance in words", { upDistanceUsd: "770" }, '"upDistanceUsd" is not a positive number'],
    ["venues in a number", { venues: 3 }, '"venues" is not an object'],
    [
      "names that aren't text",
      { venues: { fresh: 1, total: 1, missing: [1] } },
      '"missing" is not a list of texts',
    ],
    ["half a band", { band: { low: 2 } }, '"high" is not a positive number'],
  ])("%s is refused, by name", (_name, change, reason) => {
    const content = { ...alertContent(referenceImbalance, firedUp), ...change };
    expect(parseAlertContent(content)).toEqual({ ok: false, reason });
  });

  it("no JSON at all makes it throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json()), (json) => {
        expect(parseAlertContent(json).ok).toBe(false);
      }),
    );
  });
});
