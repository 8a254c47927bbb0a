import type { AlertContent } from "../alerts/content.ts";
import type { SymbolRules } from "../alerts/ruleState.ts";
import type { DestinationRecord } from "../alerts/subscription.ts";
import type { Pictures } from "../charts/contracts.ts";
import type { Imbalance } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { Destinations } from "../store/contracts/destinations.ts";
import type { HistoryPoint } from "../store/contracts/symbols.ts";
import type { Language } from "../texts/texts.ts";

/** Everything the bots read and change, handed in by main; the same for every platform. */
export interface BotPorts {
  /** What is polled, in the operator's order; never empty. */
  readonly symbols: readonly string[];
  readonly clock: Clock;
  /** The newest imbalance, aged as of now; undefined before the first. */
  readonly imbalance: (symbol: string) => Promise<Imbalance | undefined>;
  /** Minutes recorded in [from, to], oldest first, at most 30 days. */
  readonly points: (symbol: string, from: number, to: number) => Promise<readonly HistoryPoint[]>;
  readonly destinations: Destinations;
  /** What the rules of a symbol are doing. */
  readonly watch: (symbol: string) => Promise<SymbolRules>;
  readonly firings: (symbol: string, ratios: readonly number[]) => Promise<Firings>;
  readonly deliveries: DeliveryHistory;
  /** The owner of a place that was stopped hears of it, once, as surely as of an alert. */
  readonly tellStopped: (record: DestinationRecord) => Promise<void>;
  /** Alerts that wait to be sent, on all platforms. */
  readonly pending: () => Promise<number>;
  /** Posts an example alert, with picture, as the notifier would. */
  readonly sendTest: (destination: string, symbol: string, language: Language) => Promise<TestOutcome>;
  readonly pictures: Pictures;
  /** What buttons are signed with; the same in every process. */
  readonly signingKey: Uint8Array;
}

/** How often each ratio would have fired, by its text. */
export interface Firings {
  /** Whole days looked back at; 0 where nothing is known yet. */
  readonly days: number;
  /** From the venues' history at the start, not from what was recorded as it happened. */
  readonly isReconstructed: boolean;
  readonly counts: ReadonlyMap<number, number>;
}

export type TestOutcome =
  | { readonly kind: "sent" }
  /** The platform said no: `reason` in its own words. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unsure" }
  | { readonly kind: "later" };

/** What was said to a destination, newest first. */
export interface DeliveryHistory {
  readonly ofDestination: (
    destination: string,
    options: { readonly symbol?: string; readonly limit: number },
  ) => Promise<readonly PastDelivery[]>;
  /** What quiet hours have held back is told now, and not at what was to be their end. */
  readonly tellHeld: (destination: string) => Promise<void>;
  /** Deletes what is kept of what was said there, and by `takeOut` all the rest; says whether there was something. */
  readonly forget: (destination: string, takeOut: () => Promise<boolean>) => Promise<boolean>;
}

export interface PastDelivery {
  readonly alertId: string;
  readonly symbol: string;
  /** Epoch ms. */
  readonly firedAt: number;
  readonly content: AlertContent;
  readonly outcome: "pending" | "sent" | "dead" | "skipped" | "unknown";
  readonly reason?: string;
}
