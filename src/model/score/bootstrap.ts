/** A figure with its 90 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 1000;

/**
 * Days drawn with replacement: what happens within a day hangs together. `statistic` gets how often each of the
 * `days` was drawn; `random` is uniform in [0, 1).
 */
export function bootstrapDays(
  days: number,
  statistic: (timesDrawn: Int32Array) => number,
  random: () => number,
): Estimate {
  const drawn = new Int32Array(days).fill(1);
  const value = statistic(drawn);
  const values: number[] = [];
  for (let i = 0; i < resamples; i += 1) {
    drawn.fill(0);
    for (let j = 0; j < days; j += 1) {
      const day = Math.min(days - 1, Math.floor(random() * days));
      drawn[day] = (drawn[day] ?? 0) + 1;
    }
    const resampled = statistic(drawn);
    if (Number.isFinite(resampled)) values.push(resampled);
  }
  values.sort((a, b) => a - b);
  return { value, low: quantile(values, 0.05), high: quantile(values, 0.95) };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}
