import { describe, expect, it } from "vitest";
import { decidePush, type GateDecision } from "../../src/alerts/gate.ts";
import { noPushes } from "../../src/alerts/pushes.ts";
import { type Rule, ruleKey } from "../../src/alerts/rules.ts";
import type { Subscription } from "../../src/alerts/subscription.ts";
import { aRecord, aSubscription } from "../store/destinations/subscriptions.ts";

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 22, 12);

/** First pushes of episodes of their own, so many hours after noon; those that are sent remembered. */
function gate(
  subscriptions: readonly Subscription[],
  script: readonly (readonly [hours: number, rule?: Partial<Rule>])[],
): readonly GateDecision[] {
  let pushes = noPushes;
  return script.map(([hours, over]) => {
    const rule = ruleKey({ direction: "up", notionalUsd: "auto", confidence: 50, ratio: 2, ...over });
    const episodeId = `BTC-${rule}-${hours}`;
    const alert = { symbol: "BTC", rule, episodeId, alertId: episodeId };
    const decision = decidePush(alert, aRecord({ subscriptions }), pushes, noon + hours * hour);
    if (decision.kind === "send") pushes = decision.pushes;
    return decision;
  });
}

describe("of several subscriptions to one symbol", () => {
  it.each<[string, Pick<Subscription, "confidence"> | Pick<Subscription, "notionalUsd">]>([
    ["how sure it must be", { confidence: 80 }],
    ["its sum", { notionalUsd: 1e9 }],
  ])("one that differs in %s pauses by its own pushes only", (_what, other) => {
    const said = gate(
      [aSubscription(), aSubscription({ id: 2, cooldownMs: 6 * hour, ...other })],
      [[0], [1, other], [2, other]],
    );
    expect(said.map(({ reason }) => reason)).toEqual(["loud", "loud", "cooling-down"]);
  });

  it("those that want the same are told with the sound of those that don't pause", () => {
    const both = aSubscription({ cooldownMs: 6 * hour });
    const up = aSubscription({ id: 2, direction: "up", mode: "silent" });
    const said = gate([both, up], [[0], [1], [6]]);
    expect(said.map(({ reason }) => reason)).toEqual(["loud", "silent-mode", "loud"]);
  });
});
