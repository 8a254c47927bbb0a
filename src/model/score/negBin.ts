import { digamma, logGamma } from "./gamma.ts";
import { maximise, type Climb } from "./newton.ts";

/**
 * Negative binomial with mean μ and size r: variance μ + μ²/r. Liquidations of an hour are mostly next to nothing
 * and sometimes everything, which a Poisson cannot say.
 */

/** A prediction of nothing at all would make the first dollar infinitely surprising. */
const leastMean = 1e-9;
const mostLogMean = 60;

/** Twice the log-likelihood that μ lacks to a perfect prediction of y; 0 when μ = y. */
export function deviance(y: number, mean: number, size: number): number {
  const mu = Math.max(mean, leastMean);
  const own = y > 0 ? y * Math.log(y / mu) : 0;
  return Math.max(0, 2 * (own - (y + size) * Math.log((y + size) / (mu + size))));
}

/** Cells to fit on; `x` holds `width` figures a cell. Only the first `count` cells are looked at. */
export interface Sample {
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly width: number;
  readonly count: number;
  /** How much each cell counts for; 1 where absent. */
  readonly weights?: Float64Array;
}

/** "levels": μ = Σ θ_j x_j with θ > 0. "log-linear": ln μ = Σ θ_j x_j. */
export type Link = "levels" | "log-linear";

export interface Fit {
  readonly theta: readonly number[];
  /** r */
  readonly size: number;
  readonly logLikelihood: number;
}

export function meanOf(link: Link, theta: readonly number[], x: Float64Array, at: number): number {
  let sum = 0;
  for (let j = 0; j < theta.length; j += 1) sum += (theta[j] ?? 0) * (x[at + j] ?? 0);
  return link === "levels" ? Math.max(leastMean, sum) : Math.exp(Math.min(mostLogMean, sum));
}

/** θ and the size hardly depend on each other: they take this many turns. */
const turns = 4;

/** Maximum likelihood from `start`, which may be any earlier fit. */
export function fitMeans(link: Link, sample: Sample, start: Fit): Fit {
  let parameters: readonly number[] =
    link === "levels" ? start.theta.map((value) => Math.log(Math.max(value, 1e-300))) : start.theta;
  let { size } = start;
  const means = new Float64Array(sample.count);
  const thetaOf = () => (link === "levels" ? parameters.map(Math.exp) : parameters);
  for (let turn = 0; turn < turns; turn += 1) {
    const held = size;
    parameters = maximise(parameters, (at) => climb(link, sample, at, held)).parameters;
    const theta = thetaOf();
    for (let i = 0; i < sample.count; i += 1) means[i] = meanOf(link, theta, sample.x, i * sample.width);
    size = fitSize(sample.y, means, size);
    if (Math.abs(size / held - 1) < 1e-3) break;
  }
  return { theta: thetaOf(), size, logLikelihood: logLikelihood(sample.y, means, size) };
}

/** Value, gradient and Fisher information in ln θ (levels) or θ (log-linear), in one pass. */
export function climb(link: Link, sample: Sample, parameters: readonly number[], size: number): Climb {
  const { y, x, width, count, weights } = sample;
  const theta = link === "levels" ? parameters.map(Math.exp) : parameters;
  const gradient = new Float64Array(width);
  const information = new Float64Array(width * width);
  const slope = new Float64Array(width);
  let value = 0;
  for (let i = 0; i < count; i += 1) {
    const at = i * width;
    const mu = meanOf(link, theta, x, at);
    const seen = y[i] ?? 0;
    const share = weights?.[i] ?? 1;
    const weight = (share * size) / (mu * (size + mu));
    value += share * (seen * Math.log(mu) - (seen + size) * Math.log(mu + size));
    for (let j = 0; j < width; j += 1) {
      const own = (link === "levels" ? (theta[j] ?? 0) : mu) * (x[at + j] ?? 0);
      slope[j] = own;
      gradient[j] = (gradient[j] ?? 0) + (seen - mu) * weight * own;
      for (let k = 0; k <= j; k += 1) {
        information[j * width + k] = (information[j * width + k] ?? 0) + weight * own * (slope[k] ?? 0);
      }
    }
  }
  return { value, gradient, information };
}

const [leastSize, mostSize] = [0.01, 100];

/** Newton on ln r, by secants inside a shrinking bracket. */
function fitSize(y: Float64Array, means: Float64Array, start: number): number {
  let [low, high] = [leastSize, mostSize];
  let size = Math.min(high, Math.max(low, start));
  for (let step = 0; step < 12; step += 1) {
    const slope = slopeOfSize(y, means, size);
    if (slope > 0) low = size;
    else high = size;
    const curvature = (slopeOfSize(y, means, size * 1.001) - slope) / 0.001;
    const stride = curvature < 0 ? Math.max(-1, Math.min(1, -slope / curvature)) : 0;
    const next = size * Math.exp(stride);
    const inside = next > low && next < high ? next : Math.sqrt(low * high);
    if (Math.abs(inside / size - 1) < 1e-4) return inside;
    size = inside;
  }
  return size;
}

/** r · Σ ψ(y + r) − ψ(r) + ln(r / (r + μ)) + (μ − y) / (r + μ), the slope in ln r. */
function slopeOfSize(y: Float64Array, means: Float64Array, size: number): number {
  const own = digamma(size);
  let slope = 0;
  for (let i = 0; i < means.length; i += 1) {
    const [seen, mu] = [y[i] ?? 0, means[i] ?? 0];
    const gathered = seen > 0 ? digamma(seen + size) - own : 0;
    slope += gathered + Math.log(size / (size + mu)) + (mu - seen) / (size + mu);
  }
  return slope * size;
}

/** Without ln y!, which no model changes. */
function logLikelihood(y: Float64Array, means: Float64Array, size: number): number {
  const own = logGamma(size) - size * Math.log(size);
  let sum = 0;
  for (let i = 0; i < means.length; i += 1) {
    const [seen, mu] = [y[i] ?? 0, means[i] ?? 0];
    sum += logGamma(seen + size) - own + seen * Math.log(mu) - (seen + size) * Math.log(mu + size);
  }
  return sum;
}
