import type { RuleKey } from "../../alerts/rules.ts";
import type { DestinationRecord } from "../../alerts/subscription.ts";
import type { Booking, Line } from "./pace.ts";
import type { OutboxAlert } from "./symbols.ts";
import type { Turn, TurnEnd } from "./turns.ts";

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
  /** Where it waited and where its row is (ledgerLua.ts); goes back with the outcome, the outbox' own business. */
  readonly ticket: string;
  /** Of an edit its number in the episode, of a push how many edits there were before it; the outbox' own business, too. */
  readonly version: string;
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
  /** The turn at its destination, which is over with it: only where the outbox ends turns. */
  readonly end?: TurnEnd | undefined;
}

/** Who will visit the destinations of what is claimed. */
export interface Visitor {
  readonly holder: string;
  /** Its turns end by themselves after this. */
  readonly turnMs: number;
  /** Where the platform has limits: the line in which what is claimed gets its places. */
  readonly line?: Line | undefined;
}

/** What a visit begins with. */
export interface Found {
  readonly turn: Extract<Turn, { kind: "taken" }>;
  readonly record: DestinationRecord | undefined;
}

export interface Claimed {
  readonly deliveries: readonly Delivery[];
  /** Some alerts' rows are still to be written: see `expand`. */
  readonly isOpen: boolean;
  /** How old the oldest in lane 0, 1 and 2 is; undefined where nothing waits. */
  readonly ageMs: readonly (number | undefined)[];
  /** Real ms until something comes back into a lane. */
  readonly laterInMs: number | undefined;
  /** By destination: turns that the claim has taken, where one server knows of all. The rest are to be asked for. */
  readonly found?: ReadonlyMap<string, Found>;
  /** Places of the deliveries, in their order, that the claim has booked; without it they are still to be booked. */
  readonly bookings?: readonly Booking[];
}

/**
 * The ledger of what must be said to whom. It is the truth; queues only wake its readers. A place is a symbol, or
 * `noticesPlace`. Times are Redis' own, so that processes whose clocks differ agree.
 */
export interface Outbox {
  /** Whether `settle` ends turns as well (`Outcome.end`). In a cluster they lie in other slots: end them by `Turns.end`. */
  readonly endsTurns: boolean;
  /**
   * Takes up to `limit` due deliveries of a platform ("console", "telegram", …) for this process, and for a visitor also
   * its turns at their destinations and, where they are few, their places in its line.
   */
  readonly claim: (place: string, platform: string, limit: number, visitor?: Visitor) => Promise<Claimed>;
  /**
   * Writes what became of deliveries, all of one place and platform; of each whether it still was its holder's (the fence):
   * false where somebody else has taken it over since. `holder` is whose the turns are that end with them.
   */
  readonly settle: (
    place: string,
    platform: string,
    outcomes: readonly Outcome[],
    holder?: string,
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
