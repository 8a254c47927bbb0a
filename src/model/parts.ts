import { drawnParts } from "./draws.ts";
import { priceShares } from "./profile.ts";
import type { Side } from "./types.ts";

/**
 * One side of the merged map by part: cumulativeUsd[part * bins + bin] is the notional of bins 0 … bin. A draw's
 * profile is the sum over parts, each times its factor; nothing of it is ever written down.
 */
export interface PartProfile {
  readonly side: Side;
  readonly bins: number;
  readonly cumulativeUsd: Float64Array;
  /** The first part that holds anything, and the one behind the last that does. */
  readonly first: number;
  readonly end: number;
}

/** The same before it is summed up: masses[part * bins + bin]. */
export interface PartMasses {
  readonly side: Side;
  readonly notionalUsd: Float64Array;
}

export function createPartMasses(side: Side): PartMasses {
  return { side, notionalUsd: new Float64Array(priceShares[side].length * drawnParts) };
}

/** Adds to one part what each bin holds of it: contracts of which one is worth `mark` at the mark, or dollars. */
export function addPart(
  { side, notionalUsd }: PartMasses,
  part: number,
  quantities: Float64Array,
  mark: number | undefined,
): void {
  const shares = priceShares[side];
  const bins = Math.min(quantities.length, shares.length);
  const first = part * shares.length;
  let bin = 0;
  // tiers of little leverage begin far out
  while (bin < bins && quantities[bin] === 0) bin += 1;
  for (; bin < bins; bin += 1) {
    const price = mark === undefined ? 1 : mark * (shares[bin] ?? 0);
    notionalUsd[first + bin] = (notionalUsd[first + bin] ?? 0) + (quantities[bin] ?? 0) * price;
  }
}

/** Sums up along the bins, in place; two parts side by side, because each addition waits for the one before. */
export function partProfileOf({ side, notionalUsd }: PartMasses): PartProfile {
  const bins = notionalUsd.length / drawnParts;
  for (let one = 0; one < notionalUsd.length; one += 2 * bins) {
    const other = one + bins;
    let oneSum = 0;
    let otherSum = 0;
    for (let bin = 0; bin < bins; bin += 1) {
      oneSum += notionalUsd[one + bin] ?? 0;
      otherSum += notionalUsd[other + bin] ?? 0;
      notionalUsd[one + bin] = oneSum;
      notionalUsd[other + bin] = otherSum;
    }
  }
  const isEmpty = (part: number): boolean => notionalUsd[(part + 1) * bins - 1] === 0;
  let [first, end] = [0, drawnParts];
  while (first < end && isEmpty(first)) first += 1;
  while (end > first && isEmpty(end - 1)) end -= 1;
  return { side, bins, cumulativeUsd: notionalUsd, first, end };
}
