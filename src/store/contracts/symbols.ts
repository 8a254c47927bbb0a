import type { RuleKey } from "../../alerts/rules.ts";
import type { Imbalance, LiquidationMap } from "../../model/types.ts";

/** Everything a recompute needs and leaves behind; one per symbol. Binary where it is large. */
export interface SymbolState {
  /** Counts commits; a commit that read an older one is refused. 0 when there is none. */
  readonly version: number;
  /** Last committed slot, -1 when none. */
  readonly slot: number;
  /** Encoded model state by venue. */
  readonly series: ReadonlyMap<string, Uint8Array>;
  /** What rules, the reference notional and open interest are held against next time: JSON that the worker room owns. */
  readonly memory: string | undefined;
  /** What the symbol learned from liquidations, encoded by the model room. */
  readonly calibration?: Uint8Array | undefined;
}

/** One point of the imbalance's history. */
export interface HistoryPoint {
  readonly time: number;
  readonly markPrice: number | null;
  readonly ratio: number | null;
  readonly ratioLow: number | null;
  readonly ratioHigh: number | null;
  readonly notionalUsd: number | null;
  /** From a venue's history at the first start, not recorded as it happened. */
  readonly reconstructed?: true;
}

export interface Commit {
  readonly symbol: string;
  readonly slot: number;
  /** The version this recompute started from. */
  readonly basedOn: number;
  readonly at: number;
  /** Only the series that changed. */
  readonly series: ReadonlyMap<string, Uint8Array>;
  /** Newest closed bar by venue, of the series that changed. */
  readonly cursors: ReadonlyMap<string, number>;
  /** Venues whose state can't be used: it is forgotten with its cursor, so that their history is read again. */
  readonly dropped: readonly string[];
  readonly memory: string;
  /** Only when it changed. */
  readonly calibration?: Uint8Array | undefined;
  readonly imbalance: Imbalance;
  readonly map: LiquidationMap;
  /** What this recompute decided, to everybody who subscribed to a rule; strongest rule first. */
  readonly ruleAlerts: readonly RuleAlert[];
}

/**
 * An alert that a rule decided. A push goes to the rule's subscribers, each destination once a commit: with its
 * strongest rule. An edit goes to every message its episode has posted, whoever reads it.
 */
export interface RuleAlert {
  /** Made of symbol, rule, episode and edge: the same alert has it in every replica, no other one ever. */
  readonly alertId: string;
  readonly kind: "push" | "edit";
  /** The alertId of the episode's first push; escalations and the resolution carry it. */
  readonly episodeId: string;
  /** JSON of the alert's content, owned by the alerts room. */
  readonly content: string;
  readonly rule: RuleKey;
}

/** A message to listed destinations, which comes with no commit (`Outbox.insert`): in use, a notice. */
export interface OutboxAlert {
  readonly alertId: string;
  /** JSON of its content, owned by the alerts room. */
  readonly content: string;
  readonly destinations: readonly string[];
  /** Real ms until it is due; at once when left out. */
  readonly delayMs?: number;
}

export type CommitResult = "committed" | "conflict" | "slot-done";

export interface Symbols {
  readonly read: (symbol: string) => Promise<SymbolState>;
  /** All or nothing, in one script: state, snapshot, history point and outbox rows. */
  readonly commit: (commit: Commit) => Promise<CommitResult>;
  readonly imbalance: (symbol: string) => Promise<Imbalance | undefined>;
  readonly map: (symbol: string) => Promise<LiquidationMap | undefined>;
  /** At most one point a minute, 30 days of them. */
  readonly history: (symbol: string, from: number, to: number) => Promise<readonly HistoryPoint[]>;
  /** Adds points that were reconstructed, where there are none; what was recorded stays. */
  readonly addHistory: (symbol: string, points: readonly HistoryPoint[]) => Promise<void>;
}
