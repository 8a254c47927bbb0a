import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Liquidations } from "../store/contracts/markets.ts";
import type { Outset, Rounds, VenueReport } from "../store/contracts/rounds.ts";
import {
  historyMs,
  maxBarsPerPoll,
  type Observation,
  type OnOutcome,
  type PollRequest,
  type Venue,
} from "./contracts.ts";
import type { PollOutcome } from "./contracts.ts";
import { fillLiquidations } from "./liquidations/fill.ts";
import type { Troubles } from "./trouble.ts";

export interface RoundOptions {
  readonly venue: Venue;
  readonly symbols: readonly string[];
  /** Every venue whose report a round waits for. */
  readonly expected: readonly string[];
  readonly rounds: Pick<Rounds, "report" | "cursors">;
  readonly clock: Clock;
  readonly log: Log;
  readonly troubles: Troubles;
  readonly slot: () => number;
  /** Real ms a round may take before it is given up, so that a hung venue does not block its next one. */
  readonly timeoutMs: number;
  /** Aborts when the process is to stop: who is still asked then is not reported as failing. */
  readonly stopping: AbortSignal;
  readonly barMs: number;
  /** The recompute that a report wakes runs in this process: the report brings what it sets out from. */
  readonly recomputesHere?: boolean;
  /** A report is about to be kept; gives the outset where its recompute need not wait for Redis' answer. */
  readonly hear?: (symbol: string, report: VenueReport) => Outset | undefined;
  readonly onComplete: (symbol: string, slot: number, outset?: Outset) => Promise<void>;
  readonly onHistoryNeeded: (symbol: string, from: number, series: string) => Promise<void>;
  readonly onOutcome: OnOutcome;
  /** What streams heard of bars' liquidations. */
  readonly liquidations: Liquidations;
}

/** One round of one venue: polls every symbol and reports each as soon as it is known. */
export function createRound(options: RoundOptions): () => Promise<void> {
  const { venue, symbols, rounds, clock, log } = options;
  const historyAsked = new Map<string, number>();

  const quietly = async (work: Promise<void>, symbol: string): Promise<void> => {
    try {
      await work;
    } catch (error) {
      log.warn(
        { venue: venue.id, symbol, error },
        "a report could not be kept; the next round brings another",
      );
    }
  };

  return async () => {
    const slot = options.slot();
    const [cursors, otherCursors] = await Promise.all([
      rounds.cursors(venue.id, symbols),
      venue.otherSeries === undefined ? none : rounds.cursors(venue.otherSeries, symbols),
    ]);
    const needHistory = async (symbol: string, series = venue.id): Promise<void> => {
      const cursor = (series === venue.id ? cursors : otherCursors).get(symbol);
      await askForHistory(options, historyAsked, { symbol, series, cursor });
    };
    await Promise.all(symbols.map(async (symbol) => needHistory(symbol)));
    const reports: Promise<void>[] = [];
    const onOutcome: OnOutcome = (symbol, outcome, series = venue.id) => {
      if (options.stopping.aborted && !outcome.ok) return;
      options.onOutcome(symbol, outcome, series);
      options.troubles("polls", symbolOf(symbol, series), outcome.ok ? undefined : outcome.failure);
      reports.push(quietly(report(options, { symbol, series, slot, outcome, at: clock.now() }), symbol));
      // only its first good poll tells that a symbol has another contract here
      if (outcome.ok && series !== venue.id) reports.push(quietly(needHistory(symbol, series), symbol));
    };
    await venue.poll(
      symbols.map((symbol) => request(symbol, cursors.get(symbol), otherCursors.get(symbol))),
      onOutcome,
      endOf(options),
    );
    await Promise.all(reports);
  };
}

const none: ReadonlyMap<string, number> = new Map();

/** How trouble with a series is named: "BTC", "BTC inverse". */
export function symbolOf(symbol: string, series: string | undefined): string {
  const [, type] = series?.split(":") ?? [];
  return type === undefined ? symbol : `${symbol} ${type}`;
}

/** Every request of a round listens to it, which is more than Node expects of one signal. */
function endOf({ stopping, timeoutMs }: RoundOptions): AbortSignal {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
  setMaxListeners(0, signal);
  return signal;
}

function request(symbol: string, cursor: number | undefined, otherCursor: number | undefined): PollRequest {
  return {
    symbol,
    ...(cursor === undefined ? {} : { cursor }),
    ...(otherCursor === undefined ? {} : { otherCursor }),
  };
}

/** A history that was handed over takes a recompute to show in the cursor; one that failed may try again then. */
const roundsBeforeAskingAgain = 3;

async function askForHistory(
  options: RoundOptions,
  asked: Map<string, number>,
  { symbol, series, cursor }: { symbol: string; series: string; cursor: number | undefined },
): Promise<void> {
  const now = options.clock.now();
  if (cursor !== undefined && now - cursor <= maxBarsPerPoll * options.barMs) return;
  const slot = options.slot();
  const key = `${series} ${symbol}`;
  if (slot - (asked.get(key) ?? -Infinity) < roundsBeforeAskingAgain) return;
  asked.set(key, slot);
  await options.onHistoryNeeded(symbol, Math.max(cursor ?? 0, now - historyMs), series);
}

interface Heard {
  readonly symbol: string;
  readonly series: string;
  readonly slot: number;
  readonly outcome: PollOutcome;
  readonly at: number;
}

async function report(options: RoundOptions, heard: Heard): Promise<void> {
  const { rounds, expected, recomputesHere = false, onComplete } = options;
  const { symbol, series, slot, outcome, at } = heard;
  const said = outcome.ok
    ? { observation: await withLiquidations(options, heard, outcome.observation) }
    : { failure: outcome.failure };
  const venueReport: VenueReport = { venue: series, slot, at, ...said };
  const known = options.hear?.(symbol, venueReport);
  const wanted = recomputesHere ? { outset: known === undefined } : undefined;
  const keep = async (): ReturnType<Rounds["report"]> => rounds.report(symbol, venueReport, expected, wanted);
  if (known !== undefined) {
    await Promise.all([onComplete(symbol, slot, known), sleep(behindMs).then(keep)]);
    return;
  }
  const result = await keep();
  if (result === "waiting") return;
  await onComplete(symbol, slot, result === "complete" ? undefined : result);
}

/**
 * A report whose recompute need not wait for it is kept so much later, real time: Redis answers in order, and the round's
 * alert would wait for it. A process that dies meanwhile leaves the round before as what this venue said last.
 */
const behindMs = 5;

async function withLiquidations(
  { liquidations }: RoundOptions,
  { symbol, series }: Heard,
  observation: Observation,
): Promise<Observation> {
  const { closedBars } = observation;
  // most rounds close no bar
  if (closedBars.length === 0) return observation;
  const totals = await liquidations.totals(
    symbol,
    series,
    closedBars.map(({ openTime }) => openTime),
  );
  return { ...observation, closedBars: fillLiquidations(closedBars, totals) };
}
