import type { Edit, Refusal } from "../alerts/change.ts";
import type { RuleKey } from "../alerts/rules.ts";
import type { DestinationRecord } from "../alerts/subscription.ts";
import type {
  Bar,
  BookDepth,
  Imbalance,
  LiquidationMap,
  MeasuredPosition,
  SeriesSpec,
} from "../model/types.ts";
import type { Liquidation, LiquidationTotal, PollFailure, Observation } from "../poller/contracts.ts";

/** What a venue said, or failed to say, about a symbol in one slot. */
export type VenueReport =
  | { readonly venue: string; readonly slot: number; readonly at: number; readonly observation: Observation }
  | { readonly venue: string; readonly slot: number; readonly at: number; readonly failure: PollFailure };

/**
 * A round is one slot of POLL_INTERVAL for one symbol: slot = floor(now / interval). It is complete when every
 * venue of `expected` has reported, well or badly; those that failed or missed the round before are not waited for.
 */
export interface Rounds {
  /** Keeps the report (a failure keeps the last good observation beside it). Says whether that completed the round. */
  readonly report: (
    symbol: string,
    report: VenueReport,
    expected: readonly string[],
  ) => Promise<"waiting" | "complete">;
  /** The newest observation and, if later, the newest failure of each venue. */
  readonly read: (symbol: string) => Promise<readonly VenueRecord[]>;
  /** Open time of the newest closed bar the model has of each venue, for the poller to go on from. */
  readonly cursors: (venue: string, symbols: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

export interface VenueRecord {
  readonly venue: string;
  readonly observation?: Observation;
  readonly failure?: PollFailure & { readonly at: number; readonly slot: number };
}

/** A venue's history on its way from the poller to the worker, one hand-over per series. */
export interface Backfills {
  readonly put: (symbol: string, venue: string, spec: SeriesSpec, bars: readonly Bar[]) => Promise<void>;
  readonly take: (
    symbol: string,
  ) => Promise<readonly { venue: string; spec: SeriesSpec; bars: readonly Bar[] }[]>;
}

/** Everything a recompute needs and leaves behind; one per symbol. Binary where it is large. */
export interface SymbolState {
  /** Counts commits; a commit that read an older one is refused. 0 when there is none. */
  readonly version: number;
  /** Last committed slot, -1 when none. */
  readonly slot: number;
  /** Encoded model state by venue. */
  readonly series: ReadonlyMap<string, Uint8Array>;
  /** The alert rule's episode and the reference notional's memory, as JSON the alerts and model rooms own. */
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
  /** Alerts decided in this recompute, with whom they go to. */
  readonly alerts: readonly OutboxAlert[];
  /** Alerts to everybody who subscribed to a rule; strongest rule first. To take the place of `alerts`. */
  readonly ruleAlerts?: readonly RuleAlert[];
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

/** An alert to listed destinations. */
export interface OutboxAlert {
  readonly alertId: string;
  /** JSON of the alert's content, owned by the alerts room. */
  readonly content: string;
  readonly destinations: readonly string[];
  /** Real ms until it is due; at once when left out. */
  readonly delayMs?: number;
}

export type CommitResult = "committed" | "conflict" | "slot-done";

export interface Symbols {
  readonly read: (symbol: string) => Promise<SymbolState>;
  /** Version and slot only: enough for a process that still has the rest in memory. */
  readonly readVersion: (symbol: string) => Promise<{ version: number; slot: number }>;
  /** All or nothing, in one script: state, snapshot, history point and outbox rows. */
  readonly commit: (commit: Commit) => Promise<CommitResult>;
  readonly imbalance: (symbol: string) => Promise<Imbalance | undefined>;
  readonly map: (symbol: string) => Promise<LiquidationMap | undefined>;
  /** At most one point a minute, 30 days of them. */
  readonly history: (symbol: string, from: number, to: number) => Promise<readonly HistoryPoint[]>;
  /** Adds points that were reconstructed, where there are none; what was recorded stays. */
  readonly addHistory: (symbol: string, points: readonly HistoryPoint[]) => Promise<void>;
}

/** Stands for a symbol where messages belong to none. */
export const noticesPlace = "notices";

/** An alert as the outbox keeps it; one object for all deliveries of a claim. */
export interface KeptAlert {
  readonly alertId: string;
  /** "" where nothing is ever edited. */
  readonly episodeId: string;
  readonly kind: "push" | "edit";
  readonly content: string;
  /** The rule whose subscribers it goes to; "" where it was addressed. */
  readonly rule: RuleKey;
  /** When it was decided, on the clock. */
  readonly createdAt: number;
  /** Real ms since it was committed, by Redis' clock. */
  readonly ageMs: number;
}

/** One alert on its way to one destination. `attempt` is the fence: only its holder may settle it. */
export interface Delivery {
  /** The symbol, or what stands for one. */
  readonly place: string;
  readonly alert: KeptAlert;
  readonly destination: string;
  readonly attempt: number;
  /** Attempts that came to nothing; what was only given back is none. */
  readonly failures: number;
  /** Earlier attempts that may have reached the destination: their outcome was never learnt. */
  readonly unknowns: number;
  /** Real ms since the first of those began; 0 when there is none. */
  readonly unknownMs: number;
  /** The message to edit; undefined for a push. */
  readonly messageId?: string;
  /** Where it waited, and the edit's number; the outbox' own business. */
  readonly lane: number;
  readonly order: string;
  readonly version: string;
  readonly subject: string;
}

/** `retryInMs` is real time. */
export type DeliveryResult =
  /** `destination` where it went elsewhere than it was to: that chat had moved. */
  | { readonly kind: "sent"; readonly messageId: string; readonly destination?: string }
  /** Certainly not sent; try again. */
  | { readonly kind: "postponed"; readonly retryInMs: number; readonly reason: string }
  /** Not even tried: somebody else's turn, or no time left. It keeps its place in line. */
  | { readonly kind: "back"; readonly retryInMs: number; readonly reason: string }
  /** Refused for good. */
  | { readonly kind: "dead"; readonly reason: string }
  /** Not to be said to this destination. */
  | { readonly kind: "skipped"; readonly reason: string }
  /** Will be part of a summary. */
  | { readonly kind: "held"; readonly reason: string }
  /** Nobody knows whether it arrived; try again as a possible repeat. */
  | { readonly kind: "unknown"; readonly retryInMs: number; readonly reason: string };

export interface Outcome {
  readonly delivery: Delivery;
  readonly result: DeliveryResult;
}

export interface Claimed {
  readonly deliveries: readonly Delivery[];
  /** Some alerts' rows are still to be written: see `expand`. */
  readonly isOpen: boolean;
  /** How old the oldest in lane 0, 1 and 2 is; undefined where nothing waits. */
  readonly ageMs: readonly (number | undefined)[];
  /** Real ms until something comes back into a lane. */
  readonly laterInMs: number | undefined;
}

/**
 * The ledger of what must be said to whom. It is the truth; queues only wake its readers. A place is a symbol, or
 * `noticesPlace`. Times are Redis' own, so that processes whose clocks differ agree.
 */
export interface Outbox {
  /** Takes up to `limit` due deliveries of a platform ("console", "telegram", …) for this process. */
  readonly claim: (place: string, platform: string, limit: number) => Promise<Claimed>;
  /** False for each that somebody else has taken over since (the fence). All are of one place and platform. */
  readonly settle: (
    place: string,
    platform: string,
    outcomes: readonly Outcome[],
  ) => Promise<readonly boolean[]>;
  /** Writes some more rows of alerts with many destinations. True while there are more. */
  readonly expand: (place: string) => Promise<boolean>;
  /** Claims whose holder died (older than `stuckMs`, real time) become pending again, as possible repeats. */
  readonly releaseStuck: (place: string, platform: string, stuckMs: number) => Promise<number>;
  readonly countPending: (place: string) => Promise<number>;
  /** What each episode's newest edit says; undefined where there is none. */
  readonly newestEdits: (
    place: string,
    episodeIds: readonly string[],
  ) => Promise<readonly (string | undefined)[]>;
  /** Messages that belong to no commit; each alertId once for ever. */
  readonly insert: (place: string, at: number, alerts: readonly OutboxAlert[]) => Promise<void>;
}

/** How often a platform may be asked. Real time. */
export interface PaceLimits {
  /** Messages in any second, over all chats; Infinity: as many as there are. */
  readonly perSecond: number;
  /** Between two messages in one chat. */
  readonly chatGapMs: number;
  /** Messages in any minute in a group or channel. */
  readonly groupPerMinute: number;
  /** Requests in ten minutes that may be refused before asking stops; Infinity: any number. */
  readonly invalidPer10Minutes: number;
}

/** A message that wants to go to a chat. */
export interface PaceWish {
  readonly chat: string;
  readonly isGroup: boolean;
}

export type Booking =
  /** A place in line: may be sent in so many real ms, and counts. */
  | { readonly kind: "go"; readonly inMs: number }
  /** No place before that; ask again. Whether it is the chat's limit or that of all. */
  | { readonly kind: "wait"; readonly ms: number; readonly isAll: boolean };

/** What all processes together may ask of a platform, kept in Redis by its clock. */
export interface Pace {
  readonly book: (
    platform: string,
    limits: PaceLimits,
    wishes: readonly PaceWish[],
  ) => Promise<readonly Booking[]>;
  /** Places that were booked and are not used. */
  readonly refund: (platform: string, chats: readonly string[]) => Promise<void>;
  /** The platform wants patience: in one chat, or (undefined) everywhere. */
  readonly pause: (platform: string, chat: string | undefined, ms: number) => Promise<void>;
  /** A request was refused in a way that counts towards a ban; too many pause everything for a minute. */
  readonly noteInvalid: (platform: string, limits: PaceLimits) => Promise<void>;
}

/** Whether an answer to somebody may go now. */
export type ReplyTurn =
  | { readonly kind: "go" }
  /** Ask again after so many ms. */
  | { readonly kind: "wait"; readonly ms: number }
  /** The chat has had as many as it bears for now: what is left of its minute is for alerts. */
  | { readonly kind: "full" };

/** Answers count in the windows of alerts (`Pace`), and leave alerts their share of them. */
export interface ReplyPace {
  readonly take: (platform: string, limits: PaceLimits, wish: PaceWish) => Promise<ReplyTurn>;
}

/** Whose turn it is to deliver to a destination. One at a time, so that floors and budgets are kept. */
export type Turn =
  | {
      readonly kind: "taken";
      /** What was pushed there lately: JSON the alerts room owns. */
      readonly pushes: string | undefined;
      /** The destination that took its place. */
      readonly movedTo: string | undefined;
    }
  | { readonly kind: "busy" };

export interface TurnEnd {
  readonly destination: string;
  /** Undefined: as they were. */
  readonly pushes?: string | undefined;
}

export interface Turns {
  /** In the order of `destinations`; a turn ends by itself after `ttlMs`. */
  readonly take: (destinations: readonly string[], holder: string, ttlMs: number) => Promise<readonly Turn[]>;
  /** Keeps turns for `ttlMs` more. */
  readonly keep: (destinations: readonly string[], holder: string, ttlMs: number) => Promise<void>;
  readonly end: (ends: readonly TurnEnd[], holder: string) => Promise<void>;
  /** Where messages for `from` are to go from now on. */
  readonly moved: (from: string, to: string) => Promise<void>;
  /** Keeps something for the destination's next summary; by its id once. */
  readonly holdBack: (destination: string, id: string, entry: string) => Promise<void>;
  /** What is held back, by id. */
  readonly heldBack: (destination: string) => Promise<ReadonlyMap<string, string>>;
  readonly dropHeld: (destination: string, ids: readonly string[]) => Promise<void>;
}

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
  /** Pushes in [from, to], newest first, at most 500. */
  readonly alerts: (
    symbol: string,
    range: { readonly from: number; readonly to: number; readonly limit: number },
  ) => Promise<readonly LoggedAlert[]>;
  /** Every row. What waits for its first attempt has none yet. */
  readonly deliveries: (alert: LoggedAlert) => Promise<readonly DeliveryRecord[]>;
  /** One destination's rows, in the order of `alerts`; undefined where it went elsewhere, or still waits. */
  readonly deliveriesTo: (
    destination: string,
    alerts: readonly LoggedAlert[],
  ) => Promise<readonly (DeliveryRecord | undefined)[]>;
}

/** One document for each destination: its settings and subscriptions. Rules' pages follow it. */
export interface Destinations {
  readonly get: (destination: string) => Promise<DestinationRecord | undefined>;
  /** In the order of `destinations`, in one trip. */
  readonly getMany: (destinations: readonly string[]) => Promise<readonly (DestinationRecord | undefined)[]>;
  /** Compare-and-set: `edit` is called again when somebody else was faster. */
  readonly change: (destination: string, edit: Edit) => Promise<ChangeResult>;
  /** Nothing is sent any more, settings stay. True only for the one who did it, who then tells the owner. */
  readonly disable: (destination: string, reason: string, at: number) => Promise<boolean>;
  readonly enable: (destination: string) => Promise<void>;
  /** A chat that got another id: what `to` has already stays, the rest of `from` joins it. Safe to repeat. */
  readonly move: (from: string, to: string) => Promise<void>;
  /** Deletes the document and all that points to it. False when there was none. */
  readonly forget: (destination: string) => Promise<boolean>;
  /** Destinations whose `settings.owner` this is. */
  readonly ownedBy: (owner: string) => Promise<readonly string[]>;
  /** Destinations of a Discord server. */
  readonly ofGuild: (guild: string) => Promise<readonly string[]>;
  /** Destinations with a subscription that comes from the configuration. */
  readonly configured: () => Promise<readonly string[]>;
  /** All destinations, about `limit` at a time, from `cursor` (undefined: the first) on; each at least once. */
  readonly list: (
    cursor: string | undefined,
    limit: number,
  ) => Promise<{ readonly destinations: readonly string[]; readonly next: string | undefined }>;
  /** Completes changes whose process died halfway. Called now and then by whoever sweeps; says how many. */
  readonly repair: (now: number) => Promise<number>;
}

export type ChangeResult = { readonly kind: "changed"; readonly record: DestinationRecord } | Refused;
export type Refused = Omit<Refusal, "kind"> & { readonly kind: "refused" };

/** A symbol's rules that anybody is subscribed to. */
export interface RulesInUse {
  /** Another one whenever a rule came or went; "" when there never were any. */
  readonly version: string;
  /** Subscribed destinations by rule, at the time the version was read first. */
  readonly members: ReadonlyMap<RuleKey, number>;
}

export interface Rules {
  /** One small read where `known` is still current, and then `known` itself. */
  readonly inUse: (symbol: string, known?: RulesInUse) => Promise<RulesInUse>;
}

/** Something only one process may do at a time. Times are Redis' own, so that a wrong clock takes nothing over. */
export interface Lease {
  /**
   * Takes the lease, or keeps it, for `ttlMs` from now. `fence` is the same while the same holder keeps it, and larger
   * for every later one: whoever is given both can tell a holder that came back late.
   */
  readonly hold: (holder: string, ttlMs: number) => Promise<LeaseAnswer>;
  /** Lets go, so that the next one need not wait. Does nothing where somebody else has it. */
  readonly release: (holder: string) => Promise<void>;
}

export type LeaseAnswer =
  | { readonly kind: "held"; readonly fence: number }
  /** Somebody else has it for `remainingMs` more, unless they renew it. */
  | { readonly kind: "taken"; readonly remainingMs: number };

/** Which list of slash commands Discord was given last, by "global" or a server's id. */
export interface SlashCommandMemory {
  readonly read: () => Promise<ReadonlyMap<string, string>>;
  readonly write: (scope: string, hash: string) => Promise<void>;
  readonly remove: (scope: string) => Promise<void>;
}

/** Small things the bots of all processes must remember together, each with an end of its own. */
export interface BotMemory {
  /** Counts one more within `windowMs` of the first, and says how many there were. */
  readonly hit: (name: string, windowMs: number) => Promise<number>;
  /** True for the first who asks within `ttlMs`, in whatever process. */
  readonly isFirst: (name: string, ttlMs: number) => Promise<boolean>;
  readonly recall: (name: string) => Promise<string | undefined>;
  readonly remember: (name: string, value: string, ttlMs: number) => Promise<void>;
  readonly drop: (name: string) => Promise<void>;
}

/** The markets a venue lists, kept between starts so that a start needs no download. */
export interface MarketCache {
  readonly get: (venue: string) => Promise<string | undefined>;
  readonly put: (venue: string, json: string) => Promise<void>;
}

/** An account of a venue that shows everybody's positions. */
export interface KnownAccount {
  readonly address: string;
  /** What it held when it was asked last; before that, what it was seen trading. */
  readonly notionalUsd: number;
  /** When it was last seen trading, or found to hold something. Epoch ms. */
  readonly seenAt: number;
  /** When it was last asked; 0: never. */
  readonly polledAt: number;
}

/** Whose positions are known, and what they hold. Bounded by its writer, who forgets an account for each one too many. */
export interface Positions {
  readonly accounts: (venue: string) => Promise<readonly KnownAccount[]>;
  readonly keep: (venue: string, accounts: readonly KnownAccount[]) => Promise<void>;
  /** With all that is kept of them under these symbols. */
  readonly forget: (venue: string, addresses: readonly string[], symbols: readonly string[]) => Promise<void>;
  /** What accounts hold of a symbol now, in place of what they held before; undefined for nothing any more. */
  readonly put: (
    venue: string,
    symbol: string,
    held: ReadonlyMap<string, MeasuredPosition | undefined>,
  ) => Promise<void>;
  readonly read: (symbol: string) => Promise<ReadonlyMap<string, readonly MeasuredPosition[]>>;
}

/** A figure at a time, epoch ms. */
export interface RecordedFigure {
  readonly at: number;
  readonly value: number;
}

/** Open interest as we heard it, in the contract's unit, for series whose venue keeps no history. */
export interface OpenInterestLog {
  readonly put: (symbol: string, series: string, figure: RecordedFigure) => Promise<void>;
  /** The last figure of each five minutes, at their end; ends in (from, to], oldest first; a month at most. */
  readonly bars: (
    symbol: string,
    series: string,
    from: number,
    to: number,
  ) => Promise<readonly RecordedFigure[]>;
  /** The same of each minute; a day at least. */
  readonly minutes: OpenInterestLog["bars"];
}

/** The newest order-book depth of each venue; one that is read by nobody in time is forgotten. */
export interface Depths {
  readonly put: (symbol: string, depth: BookDepth) => Promise<void>;
  readonly read: (symbol: string) => Promise<readonly BookDepth[]>;
}

/** What venues' streams of liquidations said. One writer at a time for each venue. */
export interface Liquidations {
  /** Sums of the newest bars of a series, in place of what was summed up of them before. */
  readonly putTotals: (symbol: string, series: string, totals: readonly LiquidationTotal[]) => Promise<void>;
  /** By open time; bars that were not heard from their first moment on are missing. */
  readonly totals: (
    symbol: string,
    series: string,
    openTimes: readonly number[],
  ) => Promise<ReadonlyMap<number, LiquidationTotal>>;
  /** All sums of the last day, by series. */
  readonly day: (symbol: string) => Promise<ReadonlyMap<string, readonly LiquidationTotal[]>>;
  readonly addPrints: (symbol: string, prints: readonly Liquidation[]) => Promise<void>;
  /** Single liquidations since a time, oldest first; of a day, and at most a few thousand. */
  readonly prints: (symbol: string, from: number) => Promise<readonly Liquidation[]>;
}

/** A turn at a venue: to be taken after a wait, not to be had within the time allowed, or the venue is to be left alone. */
export type VenueTurn =
  | { readonly kind: "go"; readonly waitMs: number }
  | { readonly kind: "full" }
  | { readonly kind: "resting"; readonly failure: PollFailure };

/** What all processes of an installation share of a venue's patience; real time. */
export interface VenueLimits {
  /** Takes a turn that keeps a bucket busy for `takesMs`, if it comes within `mostWaitMs`; `burstMs` may run ahead. */
  readonly reserve: (
    venue: string,
    bucket: string,
    turn: { readonly takesMs: number; readonly burstMs: number; readonly mostWaitMs: number },
  ) => Promise<VenueTurn>;
  /** Nobody asks the venue for so long. */
  readonly rest: (venue: string, failure: PollFailure, forMs: number) => Promise<void>;
}

export interface Store {
  readonly liquidations: Liquidations;
  readonly positions: Positions;
  readonly depths: Depths;
  readonly openInterest: OpenInterestLog;
  readonly rounds: Rounds;
  readonly backfills: Backfills;
  readonly symbols: Symbols;
  readonly outbox: Outbox;
  readonly markets: MarketCache;
  readonly destinations: Destinations;
  readonly rules: Rules;
  readonly pace: Pace;
  readonly turns: Turns;
}
