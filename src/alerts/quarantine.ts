import type { Imbalance } from "../model/types.ts";

/** Why a series is set aside, in the few words that are counted. */
export type QuarantineCause = "mark" | "open-interest" | "unusable";

/** How the sentences for an operator begin, where such a doubt is raised. */
const beginnings: readonly (readonly [RegExp, QuarantineCause])[] = [
  [/^mark .* is far from/, "mark"],
  [/^open interest jumped/, "open-interest"],
];

export function quarantineCause(reason: string | undefined): QuarantineCause {
  return beginnings.find(([words]) => words.test(reason ?? ""))?.[1] ?? "unusable";
}

export interface Quarantine {
  /** "okx", "okx:inverse". */
  readonly series: string;
  readonly cause: QuarantineCause;
  /** In words for an operator. */
  readonly reason: string;
}

/** Every series that is set aside at present. */
export function quarantinesOf({ venues }: Pick<Imbalance, "venues">): readonly Quarantine[] {
  return venues
    .flatMap(({ id, contracts, ...share }) => contracts ?? [{ ...share, series: id }])
    .filter(({ status }) => status === "quarantined")
    .map(({ series, reason = "" }) => ({ series, cause: quarantineCause(reason), reason }));
}
