/** More edits than this is another word, not a typo. */
const mostEdits = 2;

/**
 * The word that was probably meant, if any: by the fewest letters added, left out, replaced or swapped with their
 * neighbour, and never more than a third of what was typed. `words` in lower case.
 */
export function closest(typed: string, words: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  const most = Math.min(mostEdits, Math.max(1, Math.floor(wanted.length / 3)));
  let best: { readonly word: string; readonly edits: number } | undefined;
  for (const word of words) {
    if (Math.abs(word.length - wanted.length) > most) continue;
    const edits = editsBetween(wanted, word);
    if (edits <= most && (best === undefined || edits < best.edits)) best = { word, edits };
  }
  return best?.word;
}

/** Optimal string alignment distance, over three rows. */
function editsBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = row > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        at(next, column - 1) + 1,
        at(last, column) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(before, column - 2) + 1 : Infinity,
      );
    }
    before = last;
    last = next;
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
