import type { Bar } from "../../model/types.ts";
import { intervalMs } from "../adapter.ts";
import type { LiquidationTotal } from "../contracts.ts";

/** Sums are written every second: what a bar's last moments bring may be missing. */
const toleranceMs = 3_000;

/**
 * Bars with what streams heard of their liquidations, where the venue tells none itself: all of them, so what is
 * printed over the stream's reporting share. A bar that was not heard to its end stays as it is: missing, never 0.
 */
export function fillLiquidations(
  bars: readonly Bar[],
  totals: ReadonlyMap<number, LiquidationTotal>,
): readonly Bar[] {
  return bars.map((bar) => {
    const total = totals.get(bar.openTime);
    if (total === undefined || bar.longLiquidations !== undefined || bar.shortLiquidations !== undefined)
      return bar;
    if (total.until < bar.openTime + intervalMs - toleranceMs) return bar;
    const all = (printed: number): number => printed / total.reportingShare;
    return { ...bar, longLiquidations: all(total.long), shortLiquidations: all(total.short) };
  });
}
