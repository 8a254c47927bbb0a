import { z } from "zod";
import type { Outset, VenueReport } from "../store/contracts/rounds.ts";
import type { RuleAlert } from "../store/contracts/symbols.ts";

/** All queues of an installation live under one hash tag, so that BullMQ's scripts work on Redis Cluster. */
export const queuePrefix = "{lopside}";

export const symbolPattern = /^[A-Z0-9]{1,20}$/;

/** One round of one venue; the slot is taken when the job runs, so a late one polls for the present. */
export const pollJob = z.object({ venue: z.string() });
/** History of one series, from the given bar on (epoch ms). */
export const backfillJob = z.object({
  venue: z.string(),
  symbol: z.string().regex(symbolPattern),
  from: z.number(),
  /** Of a symbol's second contract at the venue, "okx:inverse"; the main one's, unless said. */
  series: z.string().optional(),
});
export const recomputeJob = z.object({ symbol: z.string().regex(symbolPattern), slot: z.number().int() });
/** A wake-up: "this symbol's outbox has something for this platform", or the notices'. The outbox says what. */
export const deliverJob = z.object({
  platform: z.string(),
  symbol: z.union([z.string().regex(symbolPattern), z.literal("notices")]),
});

export type PollJob = z.infer<typeof pollJob>;
export type BackfillJob = z.infer<typeof backfillJob>;
export type RecomputeJob = z.infer<typeof recomputeJob>;
export type DeliverJob = z.infer<typeof deliverJob>;

/** What each role does when it is woken; handed in by main. */
export interface Handlers {
  readonly poll?: (job: PollJob) => Promise<void>;
  readonly backfill?: (job: BackfillJob) => Promise<void>;
  /** What was read already, by whoever wakes it in the same process, isn't read again. */
  readonly recompute?: (job: RecomputeJob, outset?: Outset) => Promise<void>;
  /** `coming` are alerts that are being committed: their words can be found meanwhile. */
  readonly deliver?: (job: DeliverJob, coming?: readonly RuleAlert[]) => Promise<void>;
  /** A report that is about to be kept: the outset, where its round can be recomputed without waiting for the answer. */
  readonly hear?: (symbol: string, report: VenueReport) => Outset | undefined;
}

/** How rooms wake each other. Waking twice does no harm; each resolves once Redis has the job. */
export interface Wakeups {
  readonly recompute: (symbol: string, slot: number) => Promise<void>;
  readonly backfill: (venue: string, job: Omit<BackfillJob, "venue">) => Promise<void>;
  readonly deliver: (platform: string, symbol: string) => Promise<void>;
}
