import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Rounds } from "../store/contracts.ts";
import { historyMs, maxBarsPerPoll, type PollOutcome, type PollRequest, type Venue } from "./contracts.ts";

export interface RoundOptions {
  readonly venue: Venue;
  readonly symbols: readonly string[];
  /** Every venue whose report a round waits for. */
  readonly expected: readonly string[];
  readonly rounds: Rounds;
  readonly clock: Clock;
  readonly log: Log;
  readonly slot: () => number;
  /** Real ms a round may take before it is given up, so that a hung venue does not block its next one. */
  readonly timeoutMs: number;
  readonly barMs: number;
  readonly onComplete: (symbol: string, slot: number) => Promise<void>;
  readonly onHistoryNeeded: (symbol: string, from: number) => Promise<void>;
  readonly onOutcome: (symbol: string, outcome: PollOutcome) => void;
}

/** One round of one venue: polls every symbol and reports each as soon as it is known. */
export function createRound(options: RoundOptions): () => Promise<void> {
  const { venue, symbols, rounds, clock, log } = options;
  const troubles = createTroubleLog(venue.id, log);

  return async () => {
    const slot = options.slot();
    const cursors = await rounds.cursors(venue.id, symbols);
    await Promise.all(symbols.map(async (symbol) => askForHistory(options, symbol, cursors.get(symbol))));
    const reports: Promise<void>[] = [];
    const onOutcome = (symbol: string, outcome: PollOutcome): void => {
      options.onOutcome(symbol, outcome);
      troubles(symbol, outcome);
      reports.push(report(options, { symbol, slot, outcome, at: clock.now() }));
    };
    await venue.poll(
      symbols.map((symbol) => request(symbol, cursors.get(symbol))),
      onOutcome,
      AbortSignal.timeout(options.timeoutMs),
    );
    await Promise.all(reports);
  };
}

function request(symbol: string, cursor: number | undefined): PollRequest {
  return cursor === undefined ? { symbol } : { symbol, cursor };
}

async function askForHistory(
  options: RoundOptions,
  symbol: string,
  cursor: number | undefined,
): Promise<void> {
  const now = options.clock.now();
  if (cursor !== undefined && now - cursor <= maxBarsPerPoll * options.barMs) return;
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

/** Says once that a symbol's polls fail, and once that they work again; the same reason is not repeated. */
function createTroubleLog(venue: string, log: Log): (symbol: string, outcome: PollOutcome) => void {
  const failing = new Map<string, string>();
  return (symbol, outcome) => {
    const before = failing.get(symbol);
    if (outcome.ok) {
      if (before === undefined) return;
      failing.delete(symbol);
      log.info({ venue, symbol }, "polls work again");
      return;
    }
    failing.set(symbol, outcome.failure.kind);
    if (before === outcome.failure.kind) return;
    log.warn({ venue, symbol, kind: outcome.failure.kind }, outcome.failure.reason);
  };
}
