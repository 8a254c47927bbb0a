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

/** Stands among the ids of what is held back; its entry is the name of a message that may have told some of it already. */
export const toldId = "possible-repeat";

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
  /**
   * Notes, under `toldId`, that a message of this name may tell what is held back. Stays until `toldId` is dropped; of
   * several names the first stays.
   */
  readonly noteTold: (destination: string, name: string) => Promise<void>;
  /** What is held back, by id. */
  readonly heldBack: (destination: string) => Promise<ReadonlyMap<string, string>>;
  readonly dropHeld: (destination: string, ids: readonly string[]) => Promise<void>;
}
