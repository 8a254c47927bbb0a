/** How often a platform may be asked. Real time. */
export interface PaceLimits {
  /** Messages in any second, over all chats; Infinity: as many as there are. */
  readonly perSecond: number;
  /** Between two messages in one chat. */
  readonly chatGapMs: number;
  /** Messages in any minute in a group or channel. */
  readonly groupPerMinute: number;
  /** Requests in ten minutes that may be refused before asking stops; Infinity: no bound. */
  readonly invalidPer10Minutes: number;
}

/** A message that wants to go to a chat. */
export interface PaceWish {
  readonly chat: string;
  readonly isGroup: boolean;
}

/** How a platform's destinations name their chats, for scripts that know only a destination's text. */
export interface ChatNames {
  /** As long as what stands before the chat. */
  readonly before: string;
  /** Begins what follows the chat; "": nothing does. */
  readonly after: string;
  /** What groups and channels begin with, a letter each. */
  readonly groups: string;
}

export type Booking =
  /** A place in line: may be sent in so many real ms, and counts. */
  | { readonly kind: "go"; readonly inMs: number }
  /** No place before that; ask again. Whether it is the chat's limit or that of all. */
  | { readonly kind: "wait"; readonly ms: number; readonly isAll: boolean };

/** A line that a claim books places in, on the same trip (`Outbox.claim`). What it holds is the store's own business. */
export interface Line {
  readonly keys: readonly string[];
  readonly args: () => readonly (string | number)[];
  readonly read: (answer: unknown) => readonly Booking[];
}

/** What all processes together may ask of a platform, kept in Redis by its clock. */
export interface Pace {
  readonly book: (
    platform: string,
    limits: PaceLimits,
    wishes: readonly PaceWish[],
  ) => Promise<readonly Booking[]>;
  /** For who books by destinations while doing something else. */
  readonly line: (platform: string, limits: PaceLimits, names: ChatNames) => Line;
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
