/** A function to climb at one point: its value, gradient and information (row-major, lower triangle filled). */
export interface Climb {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly information: Float64Array;
}

const mostSteps = 60;
const mostHalvings = 20;
/** No parameter moves further in one step: far from the optimum the quadratic is a poor guide. */
const longestStride = 2;
/** Of log-likelihood. */
const enough = 1e-4;

/** Fisher scoring with halved steps: never ends lower than it began. */
export function maximise(
  start: readonly number[],
  climb: (parameters: readonly number[]) => Climb,
): { readonly parameters: readonly number[]; readonly value: number } {
  let parameters = start;
  let here = climb(parameters);
  for (let step = 0; step < mostSteps; step += 1) {
    const ahead = advance(parameters, here, climb);
    if (ahead === undefined) break;
    const gain = ahead.climb.value - here.value;
    parameters = ahead.parameters;
    here = ahead.climb;
    if (gain < enough) break;
  }
  return { parameters, value: here.value };
}

function advance(
  parameters: readonly number[],
  here: Climb,
  climb: (parameters: readonly number[]) => Climb,
): { readonly parameters: readonly number[]; readonly climb: Climb } | undefined {
  const direction = solve(here.information, here.gradient);
  const longest = direction.reduce((most, stride) => Math.max(most, Math.abs(stride)), 0);
  // shortened as a whole: cut one by one, the strides would no longer lead upwards
  let share = Math.min(1, longestStride / longest);
  for (let halving = 0; halving < mostHalvings; halving += 1) {
    const step = share;
    const next = parameters.map((value, j) => value + step * (direction[j] ?? 0));
    const there = climb(next);
    if (there.value > here.value) return { parameters: next, climb: there };
    share /= 2;
  }
  return undefined;
}

/** What keeps a direction nobody knows anything about from being infinite. */
const ridge = 1e-6;

/** Cholesky; a hair is added to the diagonal. */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const width = right.length;
  const root = new Float64Array(width * width);
  const found = Float64Array.from(right);
  for (let j = 0; j < width; j += 1) {
    for (let k = 0; k <= j; k += 1) {
      let sum = (matrix[j * width + k] ?? 0) * (j === k ? 1 + ridge : 1) + (j === k ? ridge : 0);
      for (let i = 0; i < k; i += 1) sum -= (root[j * width + i] ?? 0) * (root[k * width + i] ?? 0);
      root[j * width + k] =
        j === k ? Math.sqrt(Math.max(sum, ridge * ridge)) : sum / (root[k * width + k] ?? 1);
    }
  }
  for (let j = 0; j < width; j += 1) {
    for (let i = 0; i < j; i += 1) found[j] = (found[j] ?? 0) - (root[j * width + i] ?? 0) * (found[i] ?? 0);
    found[j] = (found[j] ?? 0) / (root[j * width + j] ?? 1);
  }
  for (let j = width - 1; j >= 0; j -= 1) {
    for (let i = j + 1; i < width; i += 1)
      found[j] = (found[j] ?? 0) - (root[i * width + j] ?? 0) * (found[i] ?? 0);
    found[j] = (found[j] ?? 0) / (root[j * width + j] ?? 1);
  }
  return found;
}
