import { drawnParts, mapDraws } from "../draws.ts";
import { tierCount } from "../priors.ts";
import { partCount, priorWeights } from "../stack.ts";
import type { Predictions } from "./contract.ts";
import { sides } from "./cells.ts";

/** How often 80 % bands around ln(short/long) of six hours hold what really was liquidated. */
export interface BandCoverage {
  readonly symbol: string;
  readonly windows: number;
  /** Of the band that adds, to the map's draws, the chance of what gets liquidated at all. */
  readonly covered: number;
  /** Half its mean width. */
  readonly halfWidth: number;
  /** Of the map's draws alone. */
  readonly coveredByMap: number;
  /** Standard deviation of ln(short/long) over the draws, averaged. */
  readonly mapSpread: number;
  /** Covariance of one window's error with the next one's: what persists of errors is the map's fault, not chance's. */
  readonly persistent: number;
}

const windowMs = 6 * 3_600_000;

/** Two weeks of them, as long as the half-life of all that the stack learns. */
const rememberedWindows = 56;

/** Of a normal distribution, on each side of the middle. */
const normalShare80 = 1.2816;

/** Errors of an imagined past, until the recording has its own: normal with a deviation of 1. */
const priorErrors = [0.13, 0.39, 0.67, 1.04, 1.64];

/** One window: what was liquidated beside what was said before. */
interface Band {
  /** ln(short/long), realised − modelled. */
  readonly error: number;
  /** Standard deviation over the map's draws. */
  readonly spread: number;
  /** Half the width of the band that was set up before the window. */
  readonly half: number;
}

/**
 * Walk-forward: a window's band is its draws', widened by c so that 80 % of the windows before it would have been held,
 * c² the 80th percentile of their error² − (the draws' share of it)².
 */
export function bandsOf(contract: Predictions): readonly Band[] {
  const excess = priorErrors.map((error) => error ** 2);
  return windowsOf(contract).map(({ error, spread }) => {
    const own = normalShare80 * spread;
    const chance = Math.max(0, quantile(excess.slice(-rememberedWindows), 0.8));
    excess.push(error ** 2 - own ** 2);
    return { error, spread, half: Math.sqrt(own ** 2 + chance) };
  });
}

export function coverageOf(contract: Predictions): BandCoverage {
  const bands = bandsOf(contract);
  const mean = (of: (band: Band) => number): number =>
    bands.reduce((sum, band) => sum + of(band), 0) / bands.length;
  return {
    symbol: contract.symbol,
    windows: bands.length,
    covered: mean(({ error, half }) => (Math.abs(error) <= half ? 1 : 0)),
    halfWidth: mean(({ half }) => half),
    coveredByMap: mean(({ error, spread }) => (Math.abs(error) <= normalShare80 * spread ? 1 : 0)),
    mapSpread: mean(({ spread }) => spread),
    persistent: persistenceOf(bands.map(({ error }) => error)),
  };
}

type Window = Omit<Band, "half">;

function windowsOf(contract: Predictions): Window[] {
  const { cells } = contract;
  const width = 2 * Math.max(1, Math.round(windowMs / cells.intervalMs));
  const windows: Window[] = [];
  for (let from = 0; from + width <= cells.count; from += width) {
    const window = windowAt(contract, from, from + width);
    if (window !== undefined) windows.push(window);
  }
  return windows;
}

function windowAt(contract: Predictions, from: number, to: number): Window | undefined {
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
  const error = skewOf(realised) - skewOf(mean);
  if (!Number.isFinite(error) || long === undefined || short === undefined) return undefined;
  return { error, spread: deviationOf(Array.from(long, (mass, draw) => skewOf([mass, short[draw] ?? NaN]))) };
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

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Mean product of neighbours. */
function persistenceOf(errors: readonly number[]): number {
  const products = errors.slice(1).map((error, i) => error * (errors[i] ?? 0));
  return products.reduce((sum, product) => sum + product, 0) / products.length;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))] ?? NaN;
}
