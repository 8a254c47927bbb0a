/**
 * The value that `rank` others don't exceed, counted from 0 (Hoare's quickselect), where it is known to lie between two
 * places. Reorders `values`: what is less comes before it, what is more behind. Two percentiles of 200 draws cost a tenth
 * of sorting them.
 */
export function selectRank(
  values: Float64Array,
  rank: number,
  from = 0,
  to: number = values.length - 1,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] ?? NaN;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] ?? Infinity) < pivot) left += 1;
      while ((values[right] ?? -Infinity) > pivot) right -= 1;
      if (left > right) break;
      const held = values[left] ?? NaN;
      values[left] = values[right] ?? NaN;
      values[right] = held;
      left += 1;
      right -= 1;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank] ?? NaN;
}
