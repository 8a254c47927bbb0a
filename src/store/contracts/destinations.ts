import type { Edit, Refusal } from "../../alerts/change.ts";
import type { RuleKey } from "../../alerts/rules.ts";
import type { DestinationRecord } from "../../alerts/subscription.ts";

/** One document for each destination: its settings and subscriptions. Rules' pages follow it. */
export interface Destinations {
  readonly get: (destination: string) => Promise<DestinationRecord | undefined>;
  /** In the order of `destinations`, in one trip. */
  readonly getMany: (destinations: readonly string[]) => Promise<readonly (DestinationRecord | undefined)[]>;
  /** Those of them that are there and can be read: one that can't be must not keep the others from anything. */
  readonly getReadable: (destinations: readonly string[]) => Promise<Readable>;
  /** Compare-and-set: `edit` is called again when somebody else was faster. */
  readonly change: (destination: string, edit: Edit) => Promise<ChangeResult>;
  /** Nothing is sent any more, settings stay. True only for the one who did it, who then tells the owner. */
  readonly disable: (destination: string, reason: string, at: number) => Promise<boolean>;
  readonly enable: (destination: string) => Promise<void>;
  /** A chat that got another id: what `to` has already stays, the rest of `from` joins it. Safe to repeat. */
  readonly move: (from: string, to: string) => Promise<void>;
  /** In the order of `destinations`: what each is called since its chat got another id; its own name where it didn't. */
  readonly namesNow: (destinations: readonly string[]) => Promise<readonly string[]>;
  /** Deletes the document and all that points to it. False when there was none. */
  readonly forget: (destination: string) => Promise<boolean>;
  /** Destinations whose `settings.guild` this is: of a Discord server, or of a Telegram group with its topics. */
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

export interface Readable {
  readonly records: readonly DestinationRecord[];
  /** How many can't be read. */
  readonly unreadable: number;
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
