/** Each row with its number among those that are alike, so that none of them is taken for another told twice. */
export function numbered(
  rows: readonly unknown[],
): readonly { readonly row: unknown; readonly number: number }[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const text = JSON.stringify(row);
    const number = seen.get(text) ?? 0;
    seen.set(text, number + 1);
    return { row, number };
  });
}
