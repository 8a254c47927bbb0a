import type { Pushes } from "../alerts/pushes.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Delivery, DeliveryResult } from "../store/contracts/outbox.ts";
import type { Pace } from "../store/contracts/pace.ts";
import type { Sender } from "./contracts.ts";
import type { Heed } from "./heed.ts";
import type { Holding } from "./holding.ts";
import type { Addressee, Judgement } from "./judge.ts";
import type { LetterOptions } from "./letter.ts";
import type { Moved } from "./moves.ts";
import type { Refusals } from "./refusals.ts";
import { settlement } from "./settlement.ts";

export interface DeliverOptions extends Heed, LetterOptions {
  readonly sender: Sender;
  readonly holding: Holding;
  readonly refusals: Refusals;
  readonly pace: Pick<Pace, "pause" | "noteInvalid">;
  readonly clock: Clock;
  readonly log: Log;
  readonly monotonicMs: () => number;
  /** The platform takes nothing from anybody now. */
  readonly isClosed: () => boolean;
  /** A message was posted that may be a repeat. */
  readonly onRepeat: () => void;
}

/** To whom a delivery goes; its call doesn't begin after `until` (monotonic ms). */
export interface Errand {
  readonly addressee: Addressee;
  readonly until: number;
}

export interface Delivered {
  readonly result: DeliveryResult;
  /** What counts as pushed from now on; undefined: as before. */
  readonly pushes?: Pushes;
  /** The platform was not asked. */
  readonly isUnasked?: true;
  /** The destination took another name. */
  readonly moved?: Moved;
  /** It wants to be left alone for so many real ms. */
  readonly restMs?: number;
}

export function unasked(result: DeliveryResult): Delivered {
  return { result, isUnasked: true };
}

/** What was claimed too long ago may be somebody else's by now. */
const tooLate: Delivered = unasked({ kind: "back", retryInMs: 0, reason: "not begun in time" });

/** Due again at once: all of the platform's deliveries wait until it is open, and none loses its place in line by it. */
const closed: Delivered = unasked({ kind: "back", retryInMs: 0, reason: "not its turn yet" });

/** Given back for so many real ms where its chat alone wants to be left alone; undefined where it doesn't. */
export function resting(ms: number): Delivered | undefined {
  return ms > 0 ? unasked({ kind: "back", retryInMs: ms, reason: "not its turn yet" }) : undefined;
}

/**
 * The fence right before a call: what becomes of a delivery that must not begin any more, undefined where it may. Asked
 * again after every wait for a picture or for Redis.
 */
export function barred(
  { monotonicMs, isClosed }: Pick<DeliverOptions, "monotonicMs" | "isClosed">,
  until: number,
): Delivered | undefined {
  if (monotonicMs() > until) return tooLate;
  return isClosed() ? closed : undefined;
}

/** Redis was away, or full, before the platform was asked: nothing was sent that another attempt could repeat. */
export function notAsked({ sender, log }: DeliverOptions, delivery: Delivery): (error: unknown) => Delivered {
  return (error) => {
    log.warn({ platform: sender.platform, error }, "a delivery could not be prepared; trying again");
    const result = { kind: "unreachable", reason: "Redis could not be asked" } as const;
    return unasked(settlement(result, { delivery, retryInMs: 0 }));
  };
}

export async function hold(
  { holding, onNotice }: DeliverOptions,
  delivery: Delivery,
  { why, until }: Extract<Judgement, { kind: "hold" }>,
): Promise<Delivered> {
  await holding.hold(delivery, why, until);
  onNotice();
  return unasked({ kind: "held", reason: why });
}
