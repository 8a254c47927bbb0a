import type { rulesEnglish } from "../texts/english/rules.ts";
import type { DestinationRecord } from "./subscription.ts";

/** What an edit makes of a destination's record: the next one, or why it can't be. */
export type Change = { readonly kind: "keep"; readonly record: DestinationRecord } | Refusal;

/** `reason` is the id of a text; `arguments` go into it. */
export interface Refusal {
  readonly kind: "refuse";
  readonly reason: RefusalReason;
  readonly arguments: Readonly<Record<string, string>>;
}

/** Ids of texts (src/texts/english/rules.ts). */
export type RefusalReason = keyof typeof rulesEnglish;

/** Pure: called again on the newer record when somebody else changed it meanwhile. `undefined`: nothing is kept yet. */
export type Edit = (record: DestinationRecord | undefined) => Change;
