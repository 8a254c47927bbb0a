import type { BarResult } from "../series.ts";
import { partsWithin, reachOf, scalesOf } from "../stack.ts";
import { applyStacked, type StackedSeries } from "../stackedSeries.ts";
import type { Bar, Side } from "../types.ts";
import { noteReport, type Calibration, type SideReport } from "./calibration.ts";
import type { Decision } from "./gate.ts";

/** Before that a series' map still fills, and what it consumed says little. */
const fillingMs = 4 * 86_400_000;

const sides: readonly Side[] = ["long", "short"];

/** A contract's map is made with what its symbol has learned. */
export function weighSeries({ stack }: StackedSeries, { used }: Calibration): void {
  stack.weights.set(used);
}

/**
 * (S_1/S_j) X_j where a bar's path is about to go, part by part, in USD; asked before the bar is applied. Undefined
 * while the map fills.
 */
export function fuelBySide(
  { series, stack, spec }: StackedSeries,
  bar: Bar,
): Readonly<Record<Side, readonly number[]>> | undefined {
  const { state } = series;
  if (series.barsApplied * spec.intervalMs < fillingMs) return undefined;
  const scales = scalesOf(stack);
  const unit = spec.contractType === "linear" ? (state.lastPrice ?? NaN) : 1;
  const fuelOf = (side: Side): number[] =>
    partsWithin(stack, state, side, reachOf(side, bar, state.lastPrice)).map(
      (mass, part) => mass * (scales[part] ?? 0) * unit,
    );
  return { long: fuelOf("long"), short: fuelOf("short") };
}

/** Takes in a closed bar and, where its venue said what was liquidated in it, learns from that. */
export function applyCalibrated(
  calibration: Calibration,
  stacked: StackedSeries,
  bar: Bar,
): { readonly result: BarResult; readonly learnt: boolean; readonly decisions: readonly Decision[] } {
  const reports = reportsOf(stacked, bar);
  const seen = stacked.lastClosed;
  const result = applyStacked(stacked, bar);
  const believed = stacked.lastClosed !== seen ? reports : [];
  const decisions = believed.flatMap((report) => noteReport(calibration, report) ?? []);
  return { result, learnt: believed.length > 0, decisions };
}

function reportsOf(stacked: StackedSeries, bar: Bar): SideReport[] {
  if (bar.longLiquidations === undefined && bar.shortLiquidations === undefined) return [];
  const fuel = fuelBySide(stacked, bar);
  if (fuel === undefined) return [];
  return sides.flatMap((side) => {
    const liquidated = side === "long" ? bar.longLiquidations : bar.shortLiquidations;
    if (liquidated === undefined) return [];
    const liquidatedUsd = usdOf(stacked, liquidated, bar.close);
    return [{ time: bar.openTime, side, liquidatedUsd, fuelUsd: fuel[side] }];
  });
}

/** Contracts of a linear series are base units. */
export function usdOf({ spec }: StackedSeries, quantity: number, price: number): number {
  return spec.contractType === "linear" ? quantity * price : quantity;
}
