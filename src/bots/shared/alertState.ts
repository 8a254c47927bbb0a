import type { Direction } from "../../alerts/data.ts";
import { leanOf } from "../../alerts/lean.ts";
import { quietUntil } from "../../alerts/quietHours.ts";
import type { RuleState, SymbolRules } from "../../alerts/ruleState.ts";
import type { DestinationRecord, Subscription } from "../../alerts/subscription.ts";
import type { Imbalance } from "../../model/types.ts";

/** What a subscription is doing, as `/alerts` shows it; the first that applies. */
export type AlertState =
  | { readonly kind: "disabled"; readonly reason: string }
  | { readonly kind: "off" | "unwatched" }
  | { readonly kind: "muted" | "quiet" | "cooling"; readonly until: number }
  | { readonly kind: "held"; readonly reason: NonNullable<SymbolRules["hold"]> }
  | { readonly kind: "firing" | "pending"; readonly since: number; readonly ratio: number | undefined }
  /** `away`: by how much the ratio must still grow, 0.18 for 18 %; 0 or less is beyond; undefined without figures. */
  | { readonly kind: "armed"; readonly away: number | undefined };

export interface Watched {
  readonly record: DestinationRecord;
  readonly imbalance: Imbalance | undefined;
  readonly watch: SymbolRules;
  /** Whether the configuration names the symbol; where it doesn't any more, what was known of it stands still. */
  readonly isPolled: boolean;
  readonly now: number;
}

export function alertState(subscription: Subscription, watched: Watched): AlertState {
  return placeState(subscription, watched) ?? ruleState(subscription, watched);
}

/** What holds everything here back, whatever the market does. */
function placeState({ mode }: Subscription, { record, isPolled, now }: Watched): AlertState | undefined {
  const { settings, disabled } = record;
  if (disabled !== undefined) return { kind: "disabled", reason: disabled.reason };
  if (mode === "off") return { kind: "off" };
  if (!isPolled) return { kind: "unwatched" };
  if (settings.mutedUntil !== undefined && settings.mutedUntil > now) {
    return { kind: "muted", until: settings.mutedUntil };
  }
  const { quietHours, zone = "UTC" } = settings;
  const until = quietHours === undefined ? undefined : quietUntil(quietHours, zone, now);
  return until === undefined ? undefined : { kind: "quiet", until };
}

function ruleState(subscription: Subscription, { imbalance, watch }: Watched): AlertState {
  const ways = directionsOf(subscription).map((direction) => ({
    state: watch.stateOf({ ...subscription, direction }),
    strength: strengthNow(subscription, direction, imbalance),
  }));
  const firing = ways.find(({ state }) => state?.status === "firing");
  if (firing?.state?.status === "firing") return openState(firing.state, firing.strength);
  // what is pending doesn't move on either
  if (watch.hold !== undefined) return { kind: "held", reason: watch.hold };
  const pending = ways.find(({ state }) => state?.status === "pending");
  if (pending?.state?.status === "pending") return openState(pending.state, pending.strength);
  const state = nearest(ways)?.state;
  if (state?.status === "cooling-down") return { kind: "cooling", until: state.until };
  return { kind: "armed", away: awayFrom(subscription, imbalance) };
}

interface Way {
  readonly state: RuleState | undefined;
  readonly strength: number | undefined;
}

/** The way it leans can alert next, whatever the other one rests from; without figures one that does anything. */
function nearest(ways: readonly Way[]): Way | undefined {
  const known = ways.filter(({ strength }) => strength !== undefined);
  if (known.length === 0) return ways.find(({ state }) => state !== undefined);
  return known.reduce((best, way) => ((way.strength ?? 0) > (best.strength ?? 0) ? way : best));
}

function openState(
  state: Exclude<RuleState, { status: "cooling-down" }>,
  ratio: number | undefined,
): AlertState {
  return { kind: state.status, since: state.since, ratio };
}

/** By how much the ratio must still grow, in the nearer of the subscription's directions; undefined without figures. */
export function awayFrom(
  subscription: Pick<Subscription, "direction" | "ratio" | "confidence" | "notionalUsd">,
  imbalance: Imbalance | undefined,
): number | undefined {
  const strengths = directionsOf(subscription)
    .map((direction) => strengthNow(subscription, direction, imbalance))
    .filter((value) => value !== undefined);
  if (strengths.length === 0) return undefined;
  return subscription.ratio / Math.max(...strengths) - 1;
}

function directionsOf({ direction }: Pick<Subscription, "direction">): readonly Direction[] {
  return direction === "both" ? ["up", "down"] : [direction];
}

/** How lopsided it is with the confidence the subscription asks for; only of the map's own notional. */
function strengthNow(
  { confidence, notionalUsd }: Pick<Subscription, "confidence" | "notionalUsd">,
  direction: Direction,
  imbalance: Imbalance | undefined,
): number | undefined {
  if (imbalance === undefined || notionalUsd !== "auto") return undefined;
  const leaning = leanOf(imbalance, direction, confidence);
  return leaning.usable && leaning.lean.weakest > 0 ? leaning.lean.weakest : undefined;
}
