/** A short table: the first row names the columns. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    process.stdout.write(`  ${cells.join("  ")}\n`);
  }
}

/** The value that `share` of all values don't exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A figure beside its target. */
export interface Verdict {
  readonly name: string;
  readonly value: number;
  readonly target: number;
  readonly isMet: boolean;
  readonly bound: "≤" | "≥";
}

export function atMost(name: string, value: number, target: number): Verdict {
  return { name, value, target, isMet: value <= target, bound: "≤" };
}

export function atLeast(name: string, value: number, target: number): Verdict {
  return { name, value, target, isMet: value >= target, bound: "≥" };
}

/** Each figure with its target, and whether it is met. */
export function printVerdicts(verdicts: readonly Verdict[]): void {
  printTable([
    ["against the targets", "measured", "target", ""],
    ...verdicts.map(({ name, value, target, isMet, bound }) => [
      name,
      value.toFixed(2),
      `${bound} ${target}`,
      isMet ? "met" : "missed",
    ]),
  ]);
}
