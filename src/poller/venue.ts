import { setMaxListeners } from "node:events";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { OpenInterestLog, VenueLimits } from "../store/contracts/markets.ts";
import type { MarketCache } from "../store/contracts/memory.ts";
import { openAccounts } from "./accounts.ts";
import { intervalMs } from "./adapter.ts";
import { adapterOf } from "./adapters.ts";
import { type Cadence, cadenceOf } from "./cadence.ts";
import { openBooks } from "./books.ts";
import { backfill, forgetsOpenInterest } from "./backfill.ts";
import { openBoards } from "./board.ts";
import type { Cause } from "./failure.ts";
import type { OnOutcome, PollOutcome, PollRequest, Venue } from "./contracts.ts";
import { openLine } from "./line.ts";
import { openMarkets } from "./markets.ts";
import type { Desk, Part } from "./desk.ts";
import { observe } from "./poll.ts";
import type { Recall } from "./recall.ts";
import { createRecall } from "./recall.ts";
import { type Listed, otherSeriesOf, type Resolved } from "./resolve.ts";
import { scaled } from "./scale.ts";
import { openPrints } from "./prints.ts";
import { openTiers } from "./tiers.ts";

/** The step of every series. */
export const barMs = intervalMs;

const defaults = { timeoutMs: 10_000, unthrottled: false, random: Math.random };

export interface VenueOptions {
  /** VENUE_PROXIES: what this venue's requests go through. */
  readonly proxyUrl?: string | undefined;
  /** Shares the venue's limits with the other processes; each counts for itself without it. */
  readonly limits?: VenueLimits;
  /** VENUE_BASE_URL: REST and websockets at `{baseUrl}/{venueId}/…`. */
  readonly baseUrl?: string | undefined;
  readonly markets: MarketCache;
  /** Open interest as we heard it, for the history of venues that keep none. */
  readonly recorded?: Pick<OpenInterestLog, "bars">;
  readonly clock: Clock;
  readonly log: Log;
  /** Real ms one request may take, answer included; 10 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** No pacing by published limits: for a venue that runs on this machine. */
  readonly unthrottled?: boolean;
  /** Told of every answer that the venue didn't give or that wasn't believed, for a metric. */
  readonly onRefusal?: (cause: Cause) => void;
  /** Spreads retries; Math.random unless a test says otherwise. */
  readonly random?: () => number;
}

/** Opens one of `supportedVenues`; nothing is loaded and nobody asked before the first poll. Throws for another id. */
export function openVenue(id: string, options: VenueOptions): Venue {
  const adapter = scaled(adapterOf(id));
  const { clock, log, markets: cache } = options;
  const line = openLine({ ...defaults, ...options, adapter });
  const markets = openMarkets({ adapter, line, cache, clock, log });
  const tiers = openTiers({ adapter, line, cache, clock, log });
  const desk: Desk = { adapter, line, markets, tiers, recorded: options.recorded, clock, log };
  const otherSeries = otherSeriesOf(adapter);
  const pollSymbol = createPolling(desk);
  let rounds = -1;
  return {
    id,
    otherSeries,
    poll: async (requests, onOutcome, signal) => {
      if (signal !== undefined) allowListeners(signal);
      const boards = openBoards(adapter.boards, desk, signal);
      const cadence = cadenceOf(adapter, requests.length);
      const turns = requests.map((request, rank): Turn => ({
        request,
        rank,
        cadence,
        onOutcome,
        boards,
        signal,
      }));
      // where there isn't room for all, it must not be the same symbols that go without
      const first = requests.length === 0 ? 0 : (rounds += 1) % requests.length;
      await Promise.all([...turns.slice(first), ...turns.slice(0, first)].map(pollSymbol));
    },
    backfill: async (symbol, from, to, { series = id, signal } = {}) =>
      backfill(desk, { symbol, series }, { from, to }, signal),
    accounts: openAccounts(desk),
    books: openBooks(desk),
    prints: openPrints(desk),
    listed: async (symbol, signal) => {
      const resolved = await markets.contractsOf(symbol, signal);
      const main = "main" in resolved ? [resolved.main] : [];
      return resolved.other === undefined ? main : [...main, resolved.other];
    },
    forgetsOpenInterest: forgetsOpenInterest(adapter),
    liquidationFeeRate: adapter.liquidationFeeRate,
    close: line.close,
  };
}

interface Turn extends Pick<Part, "boards" | "signal"> {
  readonly request: PollRequest;
  /** Among the round's symbols. */
  readonly rank: number;
  readonly cadence: Cadence;
  readonly onOutcome: OnOutcome;
}

/** A symbol's turn in a round: its other series first, and then, as the last word on the symbol, its main one. */
function createPolling(desk: Desk): (turn: Turn) => Promise<void> {
  const { id } = desk.adapter;
  const recalls = new Map<string, Recall>();
  const others = new Map<string, string>();

  const recallOf = (market: string): Recall => {
    const recall = recalls.get(market) ?? createRecall();
    recalls.set(market, recall);
    return recall;
  };

  const pollSeries = async (
    contract: Listed,
    cursor: number | undefined,
    { boards, signal, rank, cadence }: Turn,
  ): Promise<PollOutcome> =>
    pollContract(desk, {
      contract,
      cursor,
      recall: recallOf(contract.market),
      boards,
      onClose: cadence.onClose,
      delayMs: cadence.onClose ? rank * cadence.spacingMs : 0,
      signal,
    });

  /** What traded before and doesn't now drops out with one notice. */
  const noteOther = ({ request: { symbol }, onOutcome }: Turn, other: Listed | undefined): void => {
    const before = others.get(symbol);
    if (other !== undefined) others.set(symbol, other.series);
    else if (before !== undefined) {
      others.delete(symbol);
      const reason = `${before} of ${symbol} doesn't trade any more`;
      onOutcome(symbol, { ok: false, failure: { kind: "give-up-symbol", reason } }, before);
    }
  };

  return async (turn) => {
    const { request, onOutcome, signal } = turn;
    const { symbol } = request;
    const resolved = await resolveSymbol(desk, symbol, signal);
    if ("ok" in resolved) return onOutcome(symbol, resolved, id);
    noteOther(turn, resolved.other);
    const main =
      "main" in resolved ? pollSeries(resolved.main, request.cursor, turn) : notListed(resolved.missing);
    if (resolved.other !== undefined) {
      const outcome = await pollSeries(resolved.other, request.otherCursor, turn);
      onOutcome(symbol, outcome, resolved.other.series);
    }
    return onOutcome(symbol, await main, id);
  };
}

/** The contracts behind a symbol, or why the venue isn't asked about it. */
async function resolveSymbol(
  { line, markets }: Desk,
  symbol: string,
  signal: AbortSignal | undefined,
): Promise<Resolved | (PollOutcome & { readonly ok: false })> {
  const blocked = line.blocked();
  if (blocked !== undefined) return { ok: false, failure: blocked };
  try {
    return await markets.contractsOf(symbol, signal);
  } catch (error) {
    return { ok: false, failure: line.refuse(symbol, error).failure };
  }
}

async function notListed(reason: string): Promise<PollOutcome> {
  return { ok: false, failure: { kind: "give-up-symbol", reason } };
}

async function pollContract(desk: Desk, part: Part): Promise<PollOutcome> {
  const { contract, recall } = part;
  const paused = desk.line.blocked() ?? recall.paused(desk.clock.now());
  if (paused !== undefined) return { ok: false, failure: paused };
  try {
    const observation = await observe(desk, part);
    recall.noteSuccess();
    return { ok: true, observation };
  } catch (error) {
    const refusal = desk.line.refuse(contract.symbol, error);
    if (refusal.why === "refused") recall.noteRefusal(refusal.failure, desk.clock.now());
    return { ok: false, failure: refusal.failure };
  }
}

/** Every request of a round listens for its end; Node takes more than ten for a leak and says so on stderr. */
function allowListeners(signal: AbortSignal): void {
  setMaxListeners(0, signal);
}
