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

/** Compares what was committed (0 to `committed` - 1) with what one platform shows, oldest first. */
export function judge(committed: number, posted: readonly Posted[]): Verdict {
  const copies = new Map<number, Posted[]>();
  for (const each of posted) copies.set(each.crossing, [...(copies.get(each.crossing) ?? []), each]);
  const expected = Array.from({ length: committed }, (_, crossing) => crossing);
  const later = expected.flatMap((crossing) => copies.get(crossing)?.slice(1) ?? []);
  const told = (which: readonly Posted[]): number[] => which.map(({ crossing }) => crossing);
  return {
    lost: expected.filter((crossing) => !copies.has(crossing)),
    repeated: [...new Set(told(later.filter(({ marked }) => !marked)))],
    marked: told(later.filter(({ marked }) => marked)),
    invented: [...copies.keys()].filter((crossing) => crossing >= committed),
  };
}
