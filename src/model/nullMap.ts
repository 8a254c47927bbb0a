import type { VenueLevels } from "./levels.ts";
import { pathHour, pathHours, type PathHour, type PricePath } from "./pricePath.ts";
import { priorMix, type Mix } from "./priors.ts";
import { priorWeights } from "./stack.ts";
import { stackLevels } from "./stackLevels.ts";
import {
  applyStacked,
  certainLevels,
  createStacked,
  createStepped,
  stepOver,
  type StackedSeries,
} from "./stackedSeries.ts";
import type { Bar, SeriesSpec } from "./types.ts";

const hourMs = 3_600_000;
const dayHours = 24;

/** Volume of the null market as a multiple of its open interest a day: what liquid perpetuals turn over. */
const turnoverADay = 3;

/** Any figure will do: the null map is scaled to the real open interest. */
export const nullOpenInterest = 1e6;

/** The bar as a market would see it whose open interest and volume never change. */
export function pathOnly({ openTime, open, high, low, close }: Bar, intervalMs: number): Bar {
  const volume = (nullOpenInterest * turnoverADay * intervalMs) / (dayHours * hourMs);
  return { openTime, open, high, low, close, volume, openInterest: nullOpenInterest };
}

/** Both sides alike. */
const evenMix: Mix = {
  hedged: (priorMix.long.hedged + priorMix.short.hedged) / 2,
  tiers: priorMix.long.tiers.map((share, tier) => (share + (priorMix.short.tiers[tier] ?? 0)) / 2),
};

/**
 * The map that the price path alone would leave behind, with the same weights of its parts: what a real one leans
 * beyond it is positions' own doing.
 */
export interface NullMap {
  /** Exposure around the mark for an open interest of `nullOpenInterest`; undefined before a day of prices is known. */
  readonly levels: (
    path: PricePath,
    markPrice: number,
    weights?: readonly number[],
  ) => VenueLevels | undefined;
}

/**
 * The null map is begun anew each UTC day from the two weeks before it and goes on hour by hour, so that it depends on
 * the path's memory only: after a restart, and on every replica, it is the same.
 */
export function createNullMap(spec: SeriesSpec): NullMap {
  const hourly = { ...spec, intervalMs: hourMs };
  let built: { readonly day: number; readonly series: StackedSeries; done: number } | undefined;
  // only a bar's close moves the path: until the next one the copy stepped over its newest hour stays as it is
  const stepped = createStepped();
  let over: { readonly bar: Bar; readonly series: StackedSeries; readonly done: number } | undefined;
  // whose mark it is made around has often spoken before the last venue does
  let made: Made | undefined;
  return {
    levels: (path, markPrice, weights = priorWeights) => {
      const { newest } = path;
      const day = Math.floor(newest / dayHours);
      if (pathHour(path, newest - dayHours) === undefined) return undefined;
      if (built === undefined || built.day !== day || built.done >= newest) {
        // the hour before, whose close is the first one's open, is known until the day's end too
        const first = day * dayHours - (pathHours - dayHours) + 1;
        built = { day, series: createStacked(hourly, { long: evenMix, short: evenMix }), done: first - 1 };
      }
      for (let hour = built.done + 1; hour < newest; hour += 1) {
        const bar = barOf(path, hour);
        if (bar !== undefined) applyStacked(built.series, bar);
      }
      built.done = Math.max(built.done, newest - 1);
      built.series.stack.weights.set(weights);
      const { series, done } = built;
      const bar = barOf(path, newest);
      if (bar === undefined) return certainLevels(series, markPrice);
      if (over?.series !== series || over.done !== done || !isSameBar(over.bar, bar)) {
        stepOver(series, bar, stepped);
        over = { bar, series, done };
        made = undefined;
      }
      if (made === undefined || made.markPrice !== markPrice || !isSameMix(made.weights, weights)) {
        stepped.stack.weights.set(weights);
        const wanted = { contractType: spec.contractType, markPrice, parts: false };
        made = {
          markPrice,
          weights: [...weights],
          levels: stackLevels(stepped.stack, stepped.state, wanted),
        };
      }
      return made.levels;
    },
  };
}

/** The newest levels, and what they were asked with. */
interface Made {
  readonly markPrice: number;
  readonly weights: readonly number[];
  readonly levels: VenueLevels;
}

function isSameMix(one: readonly number[], other: readonly number[]): boolean {
  return one.every((weight, part) => weight === other[part]);
}

/** Of bars whose volume and open interest never change. */
function isSameBar(one: Bar, other: Bar): boolean {
  return (
    one.openTime === other.openTime &&
    one.open === other.open &&
    one.high === other.high &&
    one.low === other.low &&
    one.close === other.close
  );
}

function barOf(path: PricePath, hour: number): Bar | undefined {
  const own = pathHour(path, hour);
  if (own === undefined) return undefined;
  const open = pathHour(path, hour - 1)?.close ?? own.close;
  return pathOnly(asBar(own, open), hourMs);
}

/** What the hour's mark did not pass, its open and close did. */
function asBar({ hour, high, low, close }: PathHour, open: number): Bar {
  return {
    openTime: hour * hourMs,
    open,
    high: Math.max(high, open, close),
    low: Math.min(low, open, close),
    close,
    volume: 0,
  };
}
