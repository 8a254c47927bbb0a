import { binWidth as mapBinWidth } from "./grid.ts";
import type { LiquidationMap, MapLevel } from "./types.ts";

/**
 * A map as it stood at one time, coarser, for a heatmap: both sides together by bins of equal width in ln price that
 * lie on one grid for all times, so that columns can be laid beside each other.
 */
export interface MapColumn {
  /** Epoch ms at which the column begins. */
  readonly time: number;
  readonly markPrice: number;
  readonly binWidth: number;
  /** Number of the lowest bin: it begins at ln price firstBin × binWidth. */
  readonly firstBin: number;
  /** USD, from the lowest price up. */
  readonly notionalUsd: Float32Array;
}

/** `bins` around the mark; a level lies evenly over the map's own bin. Undefined without a price. */
export function columnOf(
  map: LiquidationMap,
  time: number,
  { binWidth, bins }: { readonly binWidth: number; readonly bins: number },
): MapColumn | undefined {
  const { markPrice } = map;
  if (markPrice === null) return undefined;
  const firstBin = Math.floor(Math.log(markPrice) / binWidth) - Math.floor(bins / 2);
  const notionalUsd = new Float32Array(bins);
  const column = { time, markPrice, binWidth, firstBin, notionalUsd };
  for (const level of map.long) addLevel(column, level);
  for (const level of map.short) addLevel(column, level);
  return column;
}

function addLevel({ binWidth, firstBin, notionalUsd }: MapColumn, [price, usd]: MapLevel): void {
  const half = mapBinWidth / 2 / binWidth;
  const centre = Math.log(price) / binWidth - firstBin;
  const [from, to] = [centre - half, centre + half];
  for (let bin = Math.floor(from); bin <= Math.floor(to); bin += 1) {
    const share = (Math.min(to, bin + 1) - Math.max(from, bin)) / (to - from);
    if (bin >= 0 && bin < notionalUsd.length && share > 0)
      notionalUsd[bin] = (notionalUsd[bin] ?? 0) + usd * share;
  }
}
