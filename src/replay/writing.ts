import type { Bar, ContractType } from "../model/types.ts";

/** Columns of recorded bars, as `replay` and `evaluate` read them. */
const columns = [
  "timestamp",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "taker_buy_volume",
  "open_interest",
  "long_short_ratio",
  "funding_rate",
  "long_liquidations",
  "short_liquidations",
] as const;

export const recordingHeader = columns.join(",");

/**
 * A bar as a row of a recording: quantities in base units, an unknown one empty. Inverse contracts are counted in USD:
 * theirs are turned into base at the bar's close.
 */
export function recordingRow(bar: Bar, contractType: ContractType): string {
  const base = (quantity: number | undefined): number | undefined =>
    quantity === undefined || contractType === "linear" ? quantity : quantity / bar.close;
  const cells = [
    bar.openTime,
    bar.open,
    bar.high,
    bar.low,
    bar.close,
    base(bar.volume),
    base(bar.takerBuyVolume),
    base(bar.openInterest),
    bar.longShortRatio,
    bar.fundingRate,
    base(bar.longLiquidations),
    base(bar.shortLiquidations),
  ];
  return cells.map((cell) => (cell === undefined ? "" : String(cell))).join(",");
}
