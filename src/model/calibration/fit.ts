import { climb, deviance, fitMeans, meanOf, type Fit, type Sample } from "../score/negBin.ts";
import { maximise, type Climb } from "../score/newton.ts";
import { firstGuess } from "../score/walk.ts";
import { partCount, priorWeights } from "../stack.ts";

/** Share of the data's own information that pulls towards the prior. */
const priorStrength = 0.3;

export const forgettingDays = 14;

/** How much a day counts for so many days later. */
export function keptAfter(days: number): number {
  return 2 ** (-days / forgettingDays);
}

/** Money is counted so that cells realise this much on average: weights don't depend on how large a market is. */
const meanRealised = 1000;

const leastTheta = 1e-12;

/**
 * The stack's weights that explain what was liquidated: cells hold z_j = (S_1/S_j) X_j by part and a constant 1, older
 * ones count for less. The mode of a negative binomial likelihood under a prior that adds
 * βI Σ (w0_j ln θ_j − θ_j/A): it pulls towards w0 at the fitted level A with β of the data's own information,
 * I = Σ A z0/(1 + (A z0 + b)/r), z0 = Σ w0_j z_j. A and r stay as the prior's stack has them while the weights are
 * fitted. Undefined where nothing was liquidated, or nothing can be made of it.
 */
export function fitWeights(cells: Sample): readonly number[] | undefined {
  const sample = inOwnMoney(cells);
  if (sample === undefined) return undefined;
  const { start, climbAt } = posteriorOf(sample);
  const { parameters } = maximise(start, climbAt);
  const shares = parameters.slice(0, partCount).map(Math.exp);
  const sum = shares.reduce((total, share) => total + share, 0);
  return sum > 0 && sum < Infinity ? shares.map((share) => share / sum) : undefined;
}

/** The objective in ln θ (the parts', then the background's), and where the climb begins: at the prior. */
export function posteriorOf(sample: Sample): {
  readonly start: readonly number[];
  readonly climbAt: (parameters: readonly number[]) => Climb;
} {
  const prior = mixedBy(sample, priorWeights);
  const { theta, size } = fitMeans("levels", prior, firstGuess("levels", prior));
  const [level = 0, background = 0] = theta;
  let pull = 0;
  for (let i = 0; i < prior.count; i += 1) {
    const fuel = level * (prior.x[2 * i] ?? 0);
    pull += (priorStrength * (sample.weights?.[i] ?? 1) * fuel) / (1 + (fuel + background) / size);
  }
  return {
    start: [...priorWeights.map((weight) => weight * level), background].map((value) =>
      Math.log(Math.max(value, leastTheta)),
    ),
    climbAt: (at) => believe(climb("levels", sample, at, size), at, level, pull),
  };
}

/** Adds the prior's value, slope and information, in ln θ. */
function believe(likelihood: Climb, parameters: readonly number[], level: number, pull: number): Climb {
  const { gradient, information } = likelihood;
  let { value } = likelihood;
  priorWeights.forEach((weight, j) => {
    const share = Math.exp(parameters[j] ?? 0) / level;
    value += pull * (weight * (parameters[j] ?? 0) - share);
    gradient[j] = (gradient[j] ?? 0) + pull * (weight - share);
    const at = j * (parameters.length + 1);
    information[at] = (information[at] ?? 0) + pull * share;
  });
  return { value, gradient, information };
}

/** The same cells in the unit in which their mean is `meanRealised`; undefined where it is none. */
export function inOwnMoney(sample: Sample): Sample | undefined {
  const { y, x, width, count } = sample;
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += y[i] ?? 0;
  const unit = (meanRealised * count) / sum;
  if (!(unit > 0 && unit < Infinity)) return undefined;
  const scaled = x.map((value, at) => (at % width === width - 1 ? value : value * unit));
  return { ...sample, y: y.map((value) => value * unit), x: scaled };
}

/** The same cells as one stack sees them: Σ w_j z_j and a background. */
function mixedBy({ x, y, count, width }: Sample, weights: readonly number[]): Sample {
  const mixed = new Float64Array(2 * count);
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < partCount; j += 1) {
      mixed[2 * i] = (mixed[2 * i] ?? 0) + (weights[j] ?? 0) * (x[i * width + j] ?? 0);
    }
    mixed[2 * i + 1] = 1;
  }
  return { y, x: mixed, width: 2, count };
}

/** r at which deviances are compared, as in the score. */
const sizeOfComparison = 0.4;

/** What a stack of these weights lacks to a perfect prediction of `today`, its level and background fitted to `past`. */
export function devianceOf(weights: readonly number[], past: Sample, today: Sample): number {
  const known = mixedBy(past, weights);
  const { theta }: Fit = fitMeans("levels", known, firstGuess("levels", known));
  const { x, y, count } = mixedBy(today, weights);
  let sum = 0;
  for (let i = 0; i < count; i += 1)
    sum += deviance(y[i] ?? 0, meanOf("levels", theta, x, 2 * i), sizeOfComparison);
  return sum;
}
