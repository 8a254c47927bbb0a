import type { Sample } from "./adapter.ts";
import { Malformed } from "./read.ts";

/** Venues cap funding at a few percent; a whole position's worth in a period is another unit, or nonsense. */
const mostFunding = 1;
const mostRatio = 10_000;
/** All of crypto's open interest is a tenth of this. */
const mostOpenInterestUsd = 1e12;
/** Candles tell the last price: it strays from the mark, but not to its half or double. */
const mostStray = 2;

export function checkFunding(rate: number): number {
  if (Math.abs(rate) > mostFunding) throw new Malformed(`funding rate is too large to be true: ${rate}`);
  return rate;
}

export function checkRatio<Row extends Sample>(row: Row): Row {
  if (row.value > mostRatio || row.value < 1 / mostRatio)
    throw new Malformed(`long/short ratio is beyond belief: ${row.value}`);
  return row;
}

/** By more than this the same contracts were counted on both sides, or in another unit; markets don't move so in minutes. */
const mostContradiction = 1.5;

/** Two of a venue's figures of open interest, of nearly the same time. */
export function checkAgreement(live: number, told: number): void {
  if (Math.max(live / told, told / live) <= mostContradiction) return;
  throw new Malformed(
    `two figures of open interest contradict each other: ${told} of its history, ${live} live`,
  );
}

/** Figures that are each possible, but not together. */
export function checkTogether(figures: {
  readonly markPrice: number;
  readonly lastPrice: number | undefined;
  readonly openInterestUsd: number;
}): void {
  const { markPrice, lastPrice = markPrice, openInterestUsd } = figures;
  if (openInterestUsd > mostOpenInterestUsd)
    throw new Malformed(`open interest of ${openInterestUsd} USD is too large to be true`);
  if (lastPrice > markPrice * mostStray || lastPrice < markPrice / mostStray)
    throw new Malformed(`the candles' ${lastPrice} and the mark ${markPrice} contradict each other`);
}
