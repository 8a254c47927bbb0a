import type { DestinationRecord } from "./subscription.ts";

/** What an edit makes of a destination's record: the next one, or why it can't be. */
export type Change = { readonly kind: "keep"; readonly record: DestinationRecord } | Refusal;

/** `reason` is the id of a text; `arguments` go into it. */
export interface Refusal {
  readonly kind: "refuse";
  readonly reason: RefusalReason;
  readonly arguments: Readonly<Record<string, string>>;
}

/** Ids of texts (src/texts/english/delivery.ts). */
export type RefusalReason =
  | "refused-symbol"
  | "refused-threshold"
  | "refused-notional"
  | "refused-cooldown"
  | "refused-too-many-subscriptions"
  | "refused-too-many-notionals"
  | "refused-no-such-subscription"
  | "refused-nothing-kept"
  | "refused-from-config"
  | "refused-zone"
  | "refused-quiet-hours"
  | "refused-loud-per-day"
  | "refused-mute"
  | "refused-language"
  | "refused-disabled";

/** Pure: called again on the newer record when somebody else changed it meanwhile. `undefined`: nothing is kept yet. */
export type Edit = (record: DestinationRecord | undefined) => Change;
