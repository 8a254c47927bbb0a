/** A message as a stand-in has it: the crossing it tells of, and whether it says that it may be a repeat. */
export interface Posted {
  readonly crossing: number;
  readonly marked: boolean;
}

export interface Verdict {
  /** Crossings that were committed and that nobody was told of. */
  readonly lost: readonly number[];
  /** Told twice without a word about it. */
  readonly repeated: readonly number[];
  /** Told once more, and marked as a possible repeat. */
  readonly marked: readonly number[];
  /** Told, but never committed. */
  readonly invented: readonly number[];
}

/** Compares what was committed (0 to `committed` - 1) with what one platform shows. */
export function judge(committed: number, posted: readonly Posted[]): Verdict {
  const plain = countBy(posted.filter(({ marked }) => !marked));
  const marked = countBy(posted.filter(({ marked }) => marked));
  const copies = countBy(posted);
  const expected = Array.from({ length: committed }, (_, crossing) => crossing);
  return {
    lost: expected.filter((crossing) => !copies.has(crossing)),
    repeated: expected.filter((crossing) => (plain.get(crossing) ?? 0) > 1),
    marked: expected.flatMap((crossing) => {
      const repeats = Math.min(marked.get(crossing) ?? 0, (copies.get(crossing) ?? 0) - 1);
      return Array.from({ length: repeats }, () => crossing);
    }),
    invented: [...copies.keys()].filter((crossing) => crossing >= committed),
  };
}

function countBy(posted: readonly Posted[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { crossing } of posted) counts.set(crossing, (counts.get(crossing) ?? 0) + 1);
  return counts;
}
