import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Pace } from "../store/contracts/pace.ts";
import type { Sender } from "./contracts.ts";
import type { Refusals } from "./refusals.ts";
import type { FinalResult } from "./settlement.ts";
import { wishOf } from "./wishOf.ts";

export interface Heed {
  readonly sender: Sender;
  readonly refusals: Refusals;
  readonly pace: Pick<Pace, "pause" | "noteInvalid">;
  readonly clock: Clock;
  readonly log: Log;
  /** How a log names a destination: never by its id. */
  readonly nameOf: (destination: string) => string;
  /** Something waits among the notices. */
  readonly onNotice: () => void;
  /** The platform takes nothing from anybody for so many real ms: who has a place in line already doesn't use it. */
  readonly onClosed: (ms: number) => void;
}

/**
 * What an answer means for all that is still to come. Answers how long to wait, in real ms. Where that can't be noted the
 * answer counts all the same: who refused will refuse again, and nobody is told of a repeat that can't be one.
 */
export async function heed(options: Heed, result: FinalResult, destination: string): Promise<number> {
  const { sender, clock, log } = options;
  if (result.kind === "sent") return 0;
  const isLimited = result.kind === "rate-limited";
  const isAll = isLimited && result.scope !== "chat";
  const waitMs = isLimited ? Math.max(0, clock.realMs(result.retryAt - clock.now())) : 0;
  if (isAll && sender.pace !== undefined) options.onClosed(waitMs);
  try {
    if (isLimited) await rest(options, destination, { waitMs, isAll });
    else await react(options, result, destination);
  } catch (error) {
    log.warn({ platform: sender.platform, error }, "what a platform answered could not be noted");
  }
  return waitMs;
}

type Trouble = Exclude<FinalResult, { kind: "sent" | "rate-limited" }>;

async function react(options: Heed, result: Trouble, destination: string): Promise<void> {
  const { sender, refusals, log, nameOf } = options;
  const { platform } = sender;
  log.warn(
    {
      platform,
      destination: nameOf(destination),
      outcome: result.kind,
      ...hintFor(options, result, destination),
    },
    result.reason,
  );
  if (result.kind !== "rejected") return;
  await noteInvalid(options, result);
  if (result.disable && (await refusals.disable(destination, result.reason))) options.onNotice();
}

/** Only the operator can mend what the operator has configured. */
function hintFor({ sender, nameOf }: Heed, result: Trouble, destination: string): { readonly hint?: string } {
  const isConfigured = nameOf(destination) !== sender.platform;
  if (result.kind !== "rejected" || !result.disable || !isConfigured) return {};
  // a doctor sees where a webhook leads, not what it answers
  if (sender.platform === "webhook")
    return { hint: "Mend it and start again: nothing is posted there before." };
  return { hint: "Nothing more is posted there: lopside doctor says what is missing." };
}

/** What counts towards a ban is counted, whether it was a message or an edit. */
export async function noteInvalid(
  { sender, pace }: Pick<Heed, "sender" | "pace">,
  { invalid }: Extract<FinalResult, { kind: "rejected" }>,
): Promise<void> {
  if (invalid === true && sender.pace !== undefined)
    await pace.noteInvalid(sender.platform, sender.pace.limits);
}

/** Nothing is asked before the platform's patience is back: in that chat, and where it didn't say so, anywhere. */
export async function rest(
  { sender, pace, log }: Pick<Heed, "sender" | "pace" | "log">,
  destination: string,
  { waitMs, isAll }: { readonly waitMs: number; readonly isAll: boolean },
): Promise<void> {
  if (sender.pace === undefined) return;
  const { platform } = sender;
  log.warn({ platform, waitMs, isAll }, "rate limit of the platform");
  await pace.pause(platform, wishOf(sender.pace.names, destination).chat, waitMs);
  if (isAll) await pace.pause(platform, undefined, waitMs);
}
