import { drawnParts, mapDraws } from "../draws.ts";
import { tierCount } from "../priors.ts";
import { selectRank } from "../select.ts";
import { partCount, priorWeights } from "../stack.ts";
import type { Predictions } from "./contract.ts";
import { sides } from "./cells.ts";

/** How often the 80 % band of ln(short/long) over six hours holds what really was liquidated. */
export interface BandCoverage {
  readonly symbol: string;
  readonly windows: number;
  readonly covered: number;
  /** The same of the earlier and of the later half of the windows. */
  readonly halves: readonly [earlier: number, later: number];
  /** Half the bands' mean width. */
  readonly halfWidth: number;
  /** Covariance of one window's error with the next one's: what of the errors stays. */
  readonly persistent: number;
}

const windowMs = 6 * 3_600_000;

/** One window, in ln(short/long). */
interface Band {
  readonly realised: number;
  readonly modelled: number;
  /** 10th and 90th percentile of the map's draws. */
  readonly low: number;
  readonly high: number;
  /** How many of the draws are below the realised. */
  readonly below: number;
}

export function coverageOf(contract: Predictions): BandCoverage {
  const bands = bandsOf(contract);
  const half = Math.floor(bands.length / 2);
  return {
    symbol: contract.symbol,
    windows: bands.length,
    covered: shareHeld(bands),
    halves: [shareHeld(bands.slice(0, half)), shareHeld(bands.slice(half))],
    halfWidth: bands.reduce((sum, { low, high }) => sum + (high - low) / 2, 0) / bands.length,
    persistent: persistenceOf(bands.map(({ realised, modelled }) => realised - modelled)),
  };
}

function shareHeld(bands: readonly Band[]): number {
  return bands.filter(({ realised, low, high }) => realised >= low && realised <= high).length / bands.length;
}

/** Does the middle `nominal` of the draws hold the realised? */
export function isHeld({ below }: Band, nominal: number): boolean {
  const [low, high] = [rankOf((1 - nominal) / 2), rankOf((1 + nominal) / 2)];
  return below > low && below <= high;
}

function rankOf(share: number): number {
  return Math.round(share * (mapDraws.count - 1));
}

/** Whole windows that were predicted, each by what was known the days before, and in which both sides were liquidated. */
export function bandsOf(contract: Predictions): readonly Band[] {
  const { cells } = contract;
  const width = 2 * Math.max(1, Math.round(windowMs / cells.intervalMs));
  const bands: Band[] = [];
  for (let from = 0; from + width <= cells.count; from += width) {
    const band = bandAt(contract, from, from + width);
    if (band !== undefined) bands.push(band);
  }
  return bands;
}

function bandAt(contract: Predictions, from: number, to: number): Band | undefined {
  const { cells, means } = contract;
  const realised = [0, 0];
  const mean = [0, 0];
  const drawn = sides.map(() => new Float64Array(mapDraws.count));
  for (let cell = from; cell < to; cell += 1) {
    const seen = cells.realised[cell] ?? NaN;
    const expected = means.stack[cell] ?? NaN;
    if (Number.isNaN(expected)) return undefined;
    if (Number.isNaN(seen)) continue;
    realised[cell % 2] = (realised[cell % 2] ?? 0) + seen;
    mean[cell % 2] = (mean[cell % 2] ?? 0) + expected;
    addDraws(contract, cell, drawn[cell % 2] ?? new Float64Array(0));
  }
  const [long, short] = drawn;
  const [seen, modelled] = [skewOf(realised), skewOf(mean)];
  if (!Number.isFinite(seen - modelled) || long === undefined || short === undefined) return undefined;
  const skews = Float64Array.from(long, (mass, draw) => skewOf([mass, short[draw] ?? NaN]));
  const [low, high] = [percentile(skews, 0.1), percentile(skews, 0.9)];
  const below = skews.reduce((count, skew) => count + (skew < seen ? 1 : 0), 0);
  return { realised: seen, modelled, low, high, below };
}

/** a Σ factor × weight × part + b, for each draw. */
function addDraws({ cells, dayWeights, fits }: Predictions, cell: number, into: Float64Array): void {
  const day = cells.day[cell] ?? 0;
  const [level = NaN, background = NaN] = fits.get(day)?.theta ?? [];
  const weights = dayWeights.get(day) ?? priorWeights;
  const factors = mapDraws.factors[sides[cell % 2] ?? "long"];
  const masses = (cells.fuel["leading"] ?? []).map((column, part) => {
    const weight = weights[Math.max(0, part - tierCount + 1)] ?? 0;
    return level * weight * (column[cell] ?? 0);
  });
  for (let draw = 0; draw < into.length; draw += 1) {
    let sum = background;
    for (let part = 0; part < tierCount + partCount - 1; part += 1) {
      sum += (factors[draw * drawnParts + part] ?? 0) * (masses[part] ?? 0);
    }
    into[draw] = (into[draw] ?? 0) + sum;
  }
}

function skewOf([long = NaN, short = NaN]: readonly number[]): number {
  return Math.log(short / long);
}

/** Mean product of neighbours. */
function persistenceOf(errors: readonly number[]): number {
  const products = errors.slice(1).map((error, i) => error * (errors[i] ?? 0));
  return products.reduce((sum, product) => sum + product, 0) / products.length;
}

function percentile(values: Float64Array, share: number): number {
  return selectRank(values, Math.round(share * (values.length - 1)));
}
