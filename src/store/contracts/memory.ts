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
  /** What was remembered of it, and that it was first. */
  readonly drop: (name: string) => Promise<void>;
}

/** The markets a venue lists, kept between starts so that a start needs no download. */
export interface MarketCache {
  readonly get: (venue: string) => Promise<string | undefined>;
  readonly put: (venue: string, json: string) => Promise<void>;
}
