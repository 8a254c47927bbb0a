import type { Direction } from "./data.ts";

/** How sure the model must be that the ratio is beyond τ: which percentile of it is compared. */
export type Confidence = 50 | 80 | 90;

/** One wish of a destination. Valid by construction: its rims are `checkWish` (limits.ts) and the import's schema. */
export interface Subscription {
  /** Unique within its destination, never used again: buttons name it. */
  readonly id: number;
  readonly symbol: string;
  /** τ, 1.1 to 20, on the grid of threshold steps. */
  readonly ratio: number;
  readonly direction: "both" | Direction;
  /** USD, two significant digits; auto is the map's own reference notional. */
  readonly notionalUsd: number | "auto";
  readonly confidence: Confidence;
  /** Absent: the installation's ALERT_COOLDOWN. */
  readonly cooldownMs?: number;
  readonly mode: "loud" | "silent" | "off";
  /** From TELEGRAM_CHATS and the like; follows the configuration. */
  readonly fromConfig?: true;
}

/** Minutes after midnight in the destination's zone; from > to goes past midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** What platforms treat alike: pacing and order depend on it. */
export type DestinationKind = "direct" | "group" | "channel" | "webhook" | "console";

/** Settings that hold for all of a destination's subscriptions. */
export interface DestinationSettings {
  readonly kind: DestinationKind;
  /** Absent: English. */
  readonly language?: string;
  /** IANA name; absent: UTC. */
  readonly zone?: string;
  readonly quietHours?: QuietHours;
  /** Epoch ms; alerts are not said before. */
  readonly mutedUntil?: number;
  /** At most this many loud messages a local day; further ones are silent. */
  readonly loudPerDay?: number;
  /** Whether loss and return of the data are announced here. */
  readonly feedNotices?: true;
  /** `telegram:USER` or `discord:USER`: who is told, once, when this destination stops working. */
  readonly owner?: string;
  /** What it is a part of: a Discord server's id, or on Telegram its group, `telegram:CHAT`, also for the forum's topics. */
  readonly guild?: string;
  /** Discord: embeds instead of components. */
  readonly style?: "embed";
  /** Discord: what is posted in an announcement channel is published to its followers. */
  readonly crosspost?: true;
}

/** Why nothing is sent any more: until its next /start or subscribe, or until its platform says the bot may write again. */
export interface Disabled {
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
  readonly ownerTold: boolean;
}

/** All that is kept of one destination: a document of its own. */
export interface DestinationRecord {
  readonly version: 1;
  /** As users write it: `telegram:CHAT[/TOPIC]`, `discord:CHANNEL`, `webhook:URL`, `console`. */
  readonly destination: string;
  readonly settings: DestinationSettings;
  readonly subscriptions: readonly Subscription[];
  /** The next subscription's id. */
  readonly nextId: number;
  readonly disabled?: Disabled;
}
