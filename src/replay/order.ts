/** A row's value with the line it came from. */
export interface Timed<T> {
  readonly line: number;
  readonly value: T;
}

interface HasTime {
  readonly openTime: number;
}

/** A hole between two neighbouring bars. */
export interface Gap {
  /** Open time of the first missing bar. */
  readonly from: number;
  /** Open time of the bar after the hole. */
  readonly to: number;
  readonly missingBars: number;
}

/** Sorts by time and keeps the first row of each time. */
export function inOrder<T extends HasTime>(rows: readonly Timed<T>[]) {
  let newest = -Infinity;
  let outOfOrder = 0;
  for (const { value } of rows) {
    if (value.openTime < newest) outOfOrder += 1;
    newest = Math.max(newest, value.openTime);
  }
  const sorted = outOfOrder === 0 ? rows : rows.toSorted((a, b) => a.value.openTime - b.value.openTime);
  const values = sorted
    .filter((row, index) => row.value.openTime !== sorted[index - 1]?.value.openTime)
    .map((row) => row.value);
  return { values, outOfOrder, duplicates: rows.length - values.length };
}

/** The step most neighbours are apart; undefined for fewer than two. */
export function usualStep(ordered: readonly HasTime[]): number | undefined {
  const counts = new Map<number, number>();
  ordered.forEach((value, index) => {
    const before = ordered[index - 1];
    if (before === undefined) return;
    const step = value.openTime - before.openTime;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  });
  const [most] = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || a - b);
  return most?.[0];
}

export function gapsIn(ordered: readonly HasTime[], intervalMs: number): readonly Gap[] {
  return ordered.flatMap((value, index) => {
    const expected = (ordered[index - 1]?.openTime ?? Infinity) + intervalMs;
    if (value.openTime <= expected) return [];
    const missingBars = Math.round((value.openTime - expected) / intervalMs);
    return [{ from: expected, to: value.openTime, missingBars }];
  });
}
