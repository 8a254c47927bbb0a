import { setMaxListeners } from "node:events";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { MarketCache } from "../store/contracts.ts";
import type { VenueAdapter } from "./adapter.ts";
import { intervalMs } from "./adapter.ts";
import { backfill } from "./backfill.ts";
import type { Boards } from "./board.ts";
import { askBoards } from "./board.ts";
import type { PollOutcome, PollRequest, Venue } from "./contracts.ts";
import { openLine } from "./line.ts";
import { openMarkets } from "./markets.ts";
import type { Desk } from "./poll.ts";
import { observe } from "./poll.ts";
import type { Recall } from "./recall.ts";
import { createRecall } from "./recall.ts";
import { supportedVenues } from "./supported.ts";
import { openTiers } from "./tiers.ts";
import { binanceusdm } from "./venues/binanceusdm.ts";
import { bybit } from "./venues/bybit.ts";
import { okx } from "./venues/okx.ts";

const adapters: ReadonlyMap<string, VenueAdapter> = new Map(
  [binanceusdm, bybit, okx].map((adapter) => [adapter.id, adapter]),
);

/** The step of every series. */
export const barMs = intervalMs;

const defaults = { timeoutMs: 10_000, unthrottled: false, random: Math.random };

export interface VenueOptions {
  /** VENUE_BASE_URL: REST and websockets at `{baseUrl}/{venueId}/…`. */
  readonly baseUrl?: string | undefined;
  readonly markets: MarketCache;
  readonly clock: Clock;
  readonly log: Log;
  /** Real ms one request may take, answer included; 10 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** No pacing by published limits: for a venue that runs on this machine. */
  readonly unthrottled?: boolean;
  /** Spreads retries; Math.random unless a test says otherwise. */
  readonly random?: () => number;
}

/** Opens one of `supportedVenues`; nothing is loaded and nobody asked before the first poll. Throws for another id. */
export function openVenue(id: string, options: VenueOptions): Venue {
  const adapter = adapters.get(id);
  if (adapter === undefined)
    throw new RangeError(`unknown venue "${id}"; there are ${supportedVenues.join(", ")}`);
  const { clock, log, markets: cache } = options;
  const line = openLine({ ...defaults, ...options, adapter });
  const markets = openMarkets({ venue: id, settle: adapter.settle, line, cache, clock, log });
  const tiers = openTiers({ adapter, line, cache, clock, log });
  const desk: Desk = { adapter, line, markets, tiers, clock, log };
  const recalls = new Map<string, Recall>();

  const recallOf = (symbol: string): Recall => {
    const recall = recalls.get(symbol) ?? createRecall();
    recalls.set(symbol, recall);
    return recall;
  };

  return {
    id,
    poll: async (requests, onOutcome, signal) => {
      if (signal !== undefined) allowListeners(signal);
      const boards = once(async () => askBoards(adapter.boards, line, signal));
      await Promise.all(
        requests.map(async (request) => {
          onOutcome(
            request.symbol,
            await pollSymbol(desk, request, recallOf(request.symbol), boards, signal),
          );
        }),
      );
    },
    backfill: async (symbol, from, to, signal) => backfill(desk, symbol, { from, to }, signal),
    close: line.close,
  };
}

async function pollSymbol(
  desk: Desk,
  request: PollRequest,
  recall: Recall,
  boards: () => Promise<Boards>,
  signal: AbortSignal | undefined,
): Promise<PollOutcome> {
  const paused = desk.line.blocked() ?? recall.paused(desk.clock.now());
  if (paused !== undefined) return { ok: false, failure: paused };
  try {
    const observation = await observe(desk, request, recall, boards, signal);
    recall.noteSuccess();
    return { ok: true, observation };
  } catch (error) {
    const refusal = desk.line.refuse(request.symbol, error);
    if (refusal.why === "refused") recall.noteRefusal(refusal.failure, desk.clock.now());
    return { ok: false, failure: refusal.failure };
  }
}

/** Every request of a round listens for its end; Node takes more than ten for a leak and says so on stderr. */
function allowListeners(signal: AbortSignal): void {
  setMaxListeners(0, signal);
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return async () => (started ??= work());
}
