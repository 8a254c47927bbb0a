/** Weighted sums of two columns; `weights` counts how often each row was drawn. */
interface Moments {
  readonly slope: number;
  readonly correlation: number;
}

/** Slope of y on x and their correlation. */
export function regress(y: Float64Array, x: Float64Array, weights: Float64Array): Moments {
  const [meanX, meanY] = [mean(x, weights), mean(y, weights)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i += 1) {
    const weight = weights[i] ?? 0;
    const [dx, dy] = [(x[i] ?? 0) - meanX, (y[i] ?? 0) - meanY];
    xx += weight * dx * dx;
    xy += weight * dx * dy;
    yy += weight * dy * dy;
  }
  return { slope: xy / xx, correlation: xy / Math.sqrt(xx * yy) };
}

function mean(column: Float64Array, weights: Float64Array): number {
  let [sum, all] = [0, 0];
  for (let i = 0; i < column.length; i += 1) {
    sum += (weights[i] ?? 0) * (column[i] ?? 0);
    all += weights[i] ?? 0;
  }
  return sum / all;
}

/** Correlation of x and y once what z explains of both is taken out. */
export function partialCorrelation(
  y: Float64Array,
  x: Float64Array,
  z: Float64Array,
  weights: Float64Array,
): number {
  const xy = regress(y, x, weights).correlation;
  const xz = regress(x, z, weights).correlation;
  const yz = regress(y, z, weights).correlation;
  return (xy - xz * yz) / Math.sqrt((1 - xz * xz) * (1 - yz * yz));
}

/** Spearman's: the correlation of ranks. */
export function rankCorrelation(y: Float64Array, x: Float64Array): number {
  return regress(ranksOf(y), ranksOf(x), new Float64Array(x.length).fill(1)).correlation;
}

/** Ties share the middle of their ranks. */
function ranksOf(column: Float64Array): Float64Array {
  const order = Array.from(column.keys()).toSorted((a, b) => (column[a] ?? 0) - (column[b] ?? 0));
  const ranks = new Float64Array(column.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && column[order[to] ?? 0] === column[order[from] ?? 0]) to += 1;
    for (let i = from; i < to; i += 1) ranks[order[i] ?? 0] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}
