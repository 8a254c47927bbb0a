import type { Cells } from "./cells.ts";
import { fitMeans } from "./negBin.ts";
import { firstGuess, pastSample, usedCells, walkForward, type Design, type Forecast } from "./walk.ts";

/** μ = aX + b, one level a for both sides and one background b. */
export function levelForecast(cells: Cells, fuel: Float64Array): Forecast {
  const write = (x: Float64Array, end: number): void => {
    for (let cell = 0; cell < end; cell += 1) {
      x[2 * cell] = fuel[cell] ?? 0;
      x[2 * cell + 1] = 1;
    }
  };
  return walkForward(cells, { link: "levels", width: 2, write });
}

/** Reaches are raised to their power in percent, which keeps the level's size in bounds. */
const percent = 100;
const [leastPower, mostPower] = [0.3, 4];

/** B_pow, μ = a·reach^γ + b: all that can be said without a map. γ is fitted to the past by golden sections. */
export function powerForecast(cells: Cells): Forecast {
  const known = usedCells(cells);
  const logReach = cells.reach.map((reach) => Math.log(reach * percent));
  const write = (x: Float64Array, end: number, day: number): void => {
    const sampleAt = (power: number) => {
      raise(logReach, power, end, x);
      return pastSample(cells, known, x, 2, day);
    };
    const likelihood = (power: number): number => {
      const sample = sampleAt(power);
      return fitMeans("levels", sample, firstGuess("levels", sample)).logLikelihood;
    };
    raise(logReach, highest(likelihood, leastPower, mostPower), end, x);
  };
  return walkForward(cells, { link: "levels", width: 2, write });
}

function raise(logReach: Float64Array, power: number, end: number, x: Float64Array): void {
  for (let cell = 0; cell < end; cell += 1) {
    x[2 * cell] = Math.exp(power * (logReach[cell] ?? -Infinity));
    x[2 * cell + 1] = 1;
  }
}

const golden = 0.6180339887498949;
/** Sections until γ is known to two decimals. */
const sections = 12;

function highest(value: (at: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [value(left), value(right)];
  for (let i = 0; i < sections; i += 1) {
    if (atLeft > atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = value(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = value(right);
    }
  }
  return (low + high) / 2;
}

/** What `ln` of nothing is taken for: a reach of .3 %, one thousand USD, a range of .01 %. */
const leastReach = 0.003;
const leastLiquidated = 1;
const leastRange = 1e-4;
const trailingHalfLifeMs = 24 * 3_600_000;

/** GLM_reach: ln μ is linear in ln reach, ln trailing range and ln trailing liquidations of the side. */
export function reachDesign(cells: Cells): Design {
  const columns = [
    Float64Array.from(cells.reach, (reach) => Math.log((reach + leastReach) / leastReach)),
    trailing(cells, cells.range, (mean) => Math.log(Math.sqrt(mean) + leastRange)),
    trailing(cells, cells.realised, (mean) => Math.log(mean + leastLiquidated)),
  ];
  return {
    link: "log-linear",
    width: columns.length + 1,
    write: (x, end) => {
      for (let cell = 0; cell < end; cell += 1) {
        x[4 * cell] = 1;
        columns.forEach((column, j) => (x[4 * cell + j + 1] = column[cell] ?? 0));
      }
    },
  };
}

/** A side's average over what came before each interval. */
function trailing(cells: Cells, column: Float64Array, as: (mean: number) => number): Float64Array {
  const kept = 2 ** (-cells.intervalMs / trailingHalfLifeMs);
  const means = [0, 0];
  return Float64Array.from(column, (value, cell) => {
    const before = means[cell % 2] ?? 0;
    if (!Number.isNaN(value)) means[cell % 2] = before * kept + value * (1 - kept);
    return as(before);
  });
}

/** GLM_reach and one more figure: ln(aX + b) of a map, with the level of that day. */
export function informedDesign(cells: Cells, fuel: Float64Array, level: Forecast): Design {
  const reach = reachDesign(cells);
  const width = reach.width + 1;
  const inner = new Float64Array(cells.count * reach.width);
  return {
    link: "log-linear",
    width,
    write: (x, end, day) => {
      reach.write(inner, end, day);
      const [a = 1, b = 1] = level.fits.get(day)?.theta ?? [];
      const ease = b / a;
      for (let cell = 0; cell < end; cell += 1) {
        for (let j = 0; j < reach.width; j += 1) x[cell * width + j] = inner[cell * reach.width + j] ?? 0;
        x[cell * width + reach.width] = Math.log(((fuel[cell] ?? 0) + ease) / ease);
      }
    },
  };
}
