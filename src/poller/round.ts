import { setMaxListeners } from "node:events";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Rounds } from "../store/contracts.ts";
import { historyMs, maxBarsPerPoll, type PollOutcome, type PollRequest, type Venue } from "./contracts.ts";
import type { Troubles } from "./trouble.ts";

export interface RoundOptions {
  readonly venue: Venue;
  readonly symbols: readonly string[];
  /** Every venue whose report a round waits for. */
  readonly expected: readonly string[];
  readonly rounds: Rounds;
  readonly clock: Clock;
  readonly log: Log;
  readonly troubles: Troubles;
  readonly slot: () => number;
  /** Real ms a round may take before it is given up, so that a hung venue does not block its next one. */
  readonly timeoutMs: number;
  /** Aborts when the process is to stop: who is still asked then is not reported as failing. */
  readonly stopping: AbortSignal;
  readonly barMs: number;
  readonly onComplete: (symbol: string, slot: number) => Promise<void>;
  readonly onHistoryNeeded: (symbol: string, from: number) => Promise<void>;
  readonly onOutcome: (symbol: string, outcome: PollOutcome) => void;
}

/** One round of one venue: polls every symbol and reports each as soon as it is known. */
export function createRound(options: RoundOptions): () => Promise<void> {
  const { venue, symbols, rounds, clock, log } = options;
  const historyAsked = new Map<string, number>();

  return async () => {
    const slot = options.slot();
    const cursors = await rounds.cursors(venue.id, symbols);
    await Promise.all(
      symbols.map(async (symbol) => askForHistory(options, historyAsked, symbol, cursors.get(symbol))),
    );
    const reports: Promise<void>[] = [];
    const onOutcome = (symbol: string, outcome: PollOutcome): void => {
      if (options.stopping.aborted && !outcome.ok) return;
      options.onOutcome(symbol, outcome);
      options.troubles("polls", symbol, outcome.ok ? undefined : outcome.failure);
      reports.push(
        report(options, { symbol, slot, outcome, at: clock.now() }).catch((error: unknown) => {
          log.warn(
            { venue: venue.id, symbol, error },
            "a report could not be kept; the next round brings another",
          );
        }),
      );
    };
    await venue.poll(
      symbols.map((symbol) => request(symbol, cursors.get(symbol))),
      onOutcome,
      endOf(options),
    );
    await Promise.all(reports);
  };
}

/** Every request of a round listens to it, which is more than Node expects of one signal. */
function endOf({ stopping, timeoutMs }: RoundOptions): AbortSignal {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
  setMaxListeners(0, signal);
  return signal;
}

function request(symbol: string, cursor: number | undefined): PollRequest {
  return cursor === undefined ? { symbol } : { symbol, cursor };
}

/** A history that was handed over takes a recompute to show in the cursor; one that failed may try again then. */
const roundsBeforeAskingAgain = 3;

async function askForHistory(
  options: RoundOptions,
  asked: Map<string, number>,
  symbol: string,
  cursor: number | undefined,
): Promise<void> {
  const now = options.clock.now();
  if (cursor !== undefined && now - cursor <= maxBarsPerPoll * options.barMs) return;
  const slot = options.slot();
  if (slot - (asked.get(symbol) ?? -Infinity) < roundsBeforeAskingAgain) return;
  asked.set(symbol, slot);
  await options.onHistoryNeeded(symbol, Math.max(cursor ?? 0, now - historyMs));
}

async function report(
  { venue, rounds, expected, onComplete }: RoundOptions,
  { symbol, slot, outcome, at }: { symbol: string; slot: number; outcome: PollOutcome; at: number },
): Promise<void> {
  const said = outcome.ok ? { observation: outcome.observation } : { failure: outcome.failure };
  const result = await rounds.report(symbol, { venue: venue.id, slot, at, ...said }, expected);
  if (result === "complete") await onComplete(symbol, slot);
}
