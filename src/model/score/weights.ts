import { partCount, priorWeights } from "../stack.ts";
import type { Cells } from "./cells.ts";
import { climb, fitMeans, type Sample } from "./negBin.ts";
import { maximise, type Climb } from "./newton.ts";
import { daysOf, firstGuess, firstUsedDay, pastSample, usedCells } from "./walk.ts";

const priorStrength = 0.3;
const forgettingDays = 14;

/** The stack's weights of each day, learned from the days before it: those of the prior where it has none. */
export function learnWeights(cells: Cells, parts: readonly Float64Array[]): Map<number, readonly number[]> {
  const known = usedCells(cells);
  const width = partCount + 1;
  const x = new Float64Array(cells.count * width).fill(1);
  parts.forEach((part, j) => part.forEach((mass, cell) => (x[cell * width + j] = mass)));
  const weights = new Map<number, readonly number[]>();
  for (const { day } of daysOf(cells)) {
    const sample = pastSample(cells, known, x, width, day);
    const enough = day > firstUsedDay + 1 && sample.count > 0;
    const forgotten = forgetting(cells, known, sample.count, day);
    weights.set(day, enough ? weightsOf({ ...sample, weights: forgotten }) : priorWeights);
  }
  return weights;
}

function forgetting({ day }: Cells, known: Int32Array, count: number, today: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const ageDays = today - (day[known[i] ?? 0] ?? 0);
    return 2 ** (-ageDays / forgettingDays);
  });
}

/**
 * MAP, older days forgotten. The prior adds βI Σ (w0_j ln θ_j − θ_j/A) to the log-likelihood: it pulls towards w0 at
 * the fitted level A with β of the data's own information, I = Σ A z0/(1 + (A z0 + b)/r), z0 = Σ w0_j z_j. Its
 * maximum is the fixed point of the multiplicative update, which needs thousands of rounds where μ is large.
 */
function weightsOf(sample: Sample): readonly number[] {
  const prior = priorStack(sample);
  const { theta, size } = fitMeans("levels", prior, firstGuess("levels", prior));
  const [level = 0, background = 0] = theta;
  let pull = 0;
  for (let i = 0; i < prior.count; i += 1) {
    const fuel = level * (prior.x[2 * i] ?? 0);
    pull += (priorStrength * (sample.weights?.[i] ?? 1) * fuel) / (1 + (fuel + background) / size);
  }
  const start = [...priorWeights.map((weight) => weight * level), background].map((value) =>
    Math.log(Math.max(value, leastTheta)),
  );
  const found = maximise(start, (at) => believe(climb("levels", sample, at, size), at, level, pull));
  const shares = found.parameters.slice(0, partCount).map(Math.exp);
  const sum = shares.reduce((total, share) => total + share, 0);
  return sum > 0 ? shares.map((share) => share / sum) : priorWeights;
}

const leastTheta = 1e-12;

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

/** The same cells seen by the prior's stack: z0 and a background. */
function priorStack({ x, y, count, width }: Sample): Sample {
  const mixed = new Float64Array(2 * count);
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < partCount; j += 1) {
      mixed[2 * i] = (mixed[2 * i] ?? 0) + (priorWeights[j] ?? 0) * (x[i * width + j] ?? 0);
    }
    mixed[2 * i + 1] = 1;
  }
  return { y, x: mixed, width: 2, count };
}

/** Σ w_j X_j by cell, with the weights of its day. */
export function stackFuel(
  cells: Cells,
  parts: readonly Float64Array[],
  weights: ReadonlyMap<number, readonly number[]>,
): Float64Array {
  return Float64Array.from(cells.realised, (_, cell) => {
    const shares = weights.get(cells.day[cell] ?? 0) ?? priorWeights;
    return parts.reduce((sum, part, j) => sum + (shares[j] ?? 0) * (part[cell] ?? 0), 0);
  });
}
