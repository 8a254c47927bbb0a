import type { Sample } from "./adapter.ts";
import { intervalMs } from "./adapter.ts";
import { type Liquidated, settleMs } from "./bars.ts";
import { maxBarsPerPoll } from "./contracts.ts";
import type { PollFailure } from "./contracts.ts";
import { createTape, type Tape } from "./tape.ts";

const askAgainMs = 20_000;
const samplesKept = 600; // ten minutes at one a second
const refusalsBeforePause = 3;
const pauseMs = 600_000;
const giveUpMs = 3_600_000;

/** What a process remembers of one symbol between rounds. All of it can be lost: a restart asks again. */
export interface Recall {
  readonly samples: readonly Sample[];
  /** By the close of the bar. */
  readonly openInterest: Map<number, number>;
  readonly longShortRatio: Map<number, number>;
  readonly fundingRate: Map<number, number>;
  readonly liquidations: Map<number, Liquidated>;
  readonly tape: Tape;
  /** The details that are being asked for. */
  asking?: Promise<void> | undefined;
  readonly addSample: (sample: Sample) => void;
  /** How many of the newest history rows the closed bars still lack; 0 when there is nothing to ask. */
  readonly rowsWanted: (cursor: number | undefined, now: number) => number;
  /** The history was read at this time: what it lacked then, for bars that have waited long enough, it will go on lacking. */
  readonly settle: (askedAt: number) => void;
  /** Why the symbol isn't asked for at present. */
  readonly paused: (now: number) => PollFailure | undefined;
  /** A refusal is the venue's no to this symbol; three in a row pause it. */
  readonly noteRefusal: (failure: PollFailure, now: number) => void;
  readonly noteSuccess: () => void;
}

export function createRecall(): Recall {
  const samples: Sample[] = [];
  const openInterest = new Map<number, number>();
  const longShortRatio = new Map<number, number>();
  const fundingRate = new Map<number, number>();
  const liquidations = new Map<number, Liquidated>();
  let asked = { at: -Infinity, newestClose: -Infinity };
  let settledTo = -Infinity;
  let refusals = 0;
  let pause: { readonly failure: PollFailure; readonly until: number } | undefined;

  return {
    samples,
    openInterest,
    longShortRatio,
    fundingRate,
    liquidations,
    tape: createTape(),
    addSample: (sample) => {
      samples.push(sample);
      if (samples.length > samplesKept) samples.shift();
    },
    rowsWanted: (cursor, now) => {
      const newestClose = Math.floor(now / intervalMs) * intervalMs;
      const first = Math.max(firstClose(cursor, newestClose), settledTo + intervalMs);
      const oldest = closes(first, newestClose).find((close) => !openInterest.has(close));
      const waits = now - asked.at < askAgainMs && asked.newestClose === newestClose;
      if (oldest === undefined || waits) return 0;
      asked = { at: now, newestClose };
      for (const map of [openInterest, longShortRatio, fundingRate, liquidations]) forget(map, newestClose);
      // one more than the bars: some venues open a row for the running period
      return (newestClose - oldest) / intervalMs + 2;
    },
    settle: (askedAt) => {
      settledTo = Math.floor((askedAt - settleMs) / intervalMs) * intervalMs;
    },
    paused: (now) => (pause !== undefined && now < pause.until ? pause.failure : undefined),
    noteRefusal: (failure, now) => {
      refusals += 1;
      if (failure.kind === "give-up-symbol") pause = { failure, until: now + giveUpMs };
      else if (refusals >= refusalsBeforePause) pause = { failure, until: now + pauseMs };
    },
    noteSuccess: () => {
      refusals = 0;
    },
  };
}

/** The close of the first bar after the cursor; on a cold start the newest two bars. */
function firstClose(cursor: number | undefined, newestClose: number): number {
  const afterCursor = cursor === undefined ? newestClose - intervalMs : cursor + 2 * intervalMs;
  return Math.max(afterCursor, newestClose - maxBarsPerPoll * intervalMs);
}

function closes(first: number, last: number): number[] {
  const count = Math.max(0, Math.floor((last - first) / intervalMs) + 1);
  return Array.from({ length: count }, (_, index) => first + index * intervalMs);
}

function forget(map: Map<number, unknown>, newestClose: number): void {
  const oldest = newestClose - 2 * maxBarsPerPoll * intervalMs;
  for (const close of map.keys()) if (close < oldest) map.delete(close);
}
