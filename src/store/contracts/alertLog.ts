import type { RuleKey } from "../../alerts/rules.ts";

/** An alert that was decided, as the ledger keeps it. */
export interface LoggedAlert {
  readonly symbol: string;
  readonly alertId: string;
  /** The alertId of its episode's first push; "" where there is no episode. */
  readonly episodeId: string;
  /** The rule whose subscribers it went to; "" where it was addressed. */
  readonly rule: RuleKey;
  /** JSON, owned by the alerts room. */
  readonly content: string;
  /** When it was decided, epoch ms. */
  readonly at: number;
  /** Into how many parts its rows are divided. */
  readonly shards: number;
}

/** What became of an alert in one destination. */
export interface DeliveryRecord {
  readonly destination: string;
  readonly state: "pending" | "sending" | "sent" | "dead" | "skipped" | "held";
  readonly attempts: number;
  /** Attempts whose outcome nobody knows. */
  readonly possibleRepeats: number;
  /** When it came to that, epoch ms. */
  readonly at: number;
  /** The message's id where it was sent; the reason where it wasn't. */
  readonly note: string;
}

/** What was said, to whom, and what became of it; 90 days of it. */
export interface AlertLog {
  /** Those that are watched, and those that were: what was said of them is kept as long. */
  readonly symbols: (watched: readonly string[]) => Promise<readonly string[]>;
  /** Pushes in [from, to], newest first, at most 500. */
  readonly alerts: (
    symbol: string,
    range: { readonly from: number; readonly to: number; readonly limit: number },
  ) => Promise<readonly LoggedAlert[]>;
  /** All of them in [from, to], newest first, some hundred at a time. */
  readonly pages: (
    symbol: string,
    range: { readonly from: number; readonly to: number },
  ) => AsyncIterable<readonly LoggedAlert[]>;
  /** Every row. What waits for its first attempt has none yet. */
  readonly deliveries: (alert: LoggedAlert) => Promise<readonly DeliveryRecord[]>;
  /**
   * One destination's rows, also those under a former name, in the order of `alerts`; undefined where it went elsewhere,
   * or still waits.
   */
  readonly deliveriesTo: (
    destination: string,
    alerts: readonly LoggedAlert[],
  ) => Promise<readonly (DeliveryRecord | undefined)[]>;
}
