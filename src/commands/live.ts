import { aggregateVenues, toLiquidationMap, type VenueInput } from "../model/aggregate.ts";
import { detailOf, type MapDetail } from "../model/detail.ts";
import { freshNotionalMemory, measureImbalance } from "../model/imbalance.ts";
import type { VenueLevels } from "../model/levels.ts";
import { createNullMap } from "../model/nullMap.ts";
import { applyStacked, stackedLevels, warmStartStacked } from "../model/stackedSeries.ts";
import type { BookDepth, Imbalance, LiquidationMap } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { historyMs, type PollOutcome, type Venue } from "../poller/contracts.ts";
import { openVenue } from "../poller/venue.ts";
import type { MarketCache } from "../store/contracts/memory.ts";
import { cascadeOf } from "../worker/cascade.ts";

export interface LiveOptions {
  readonly venues: readonly string[];
  readonly baseUrl: string | undefined;
  /** By venue. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onProgress: (text: string) => void;
}

/** What one live shot gives. */
export interface LiveShot {
  readonly imbalance: Imbalance;
  readonly map: LiquidationMap;
  /** Undefined where no venue is fresh. */
  readonly detail: MapDetail | undefined;
}

/** Asks every venue once, history first, and measures what they say now. Nothing is kept. */
export async function measureLive(symbol: string, options: LiveOptions): Promise<LiveShot> {
  const waiting = new Set(options.venues);
  const shots = await Promise.all(
    options.venues.map(async (id) => {
      const shot = await askVenue(id, symbol, options);
      waiting.delete(id);
      if (waiting.size > 0) options.onProgress(`waiting for ${[...waiting].join(", ")}`);
      return shot;
    }),
  );
  const inputs = shots.map(({ input }) => input);
  const aggregate = aggregateVenues(symbol, options.clock.now(), inputs);
  const [largest] = shots.toSorted((a, b) => (b.input.openInterestUsd ?? 0) - (a.input.openInterestUsd ?? 0));
  const measured = measureImbalance(aggregate, freshNotionalMemory, {
    episodeOpen: false,
    nullLevels: largest?.nullLevels,
  });
  const cascade = cascadeOf(
    aggregate,
    shots.flatMap(({ depth }) => depth ?? []),
  );
  return {
    imbalance: cascade === undefined ? measured.imbalance : { ...measured.imbalance, cascade },
    map: toLiquidationMap(aggregate),
    detail: detailOf(aggregate, inputs),
  };
}

async function askVenue(id: string, symbol: string, options: LiveOptions): Promise<Shot> {
  const { baseUrl, proxies, clock, log } = options;
  const venue = openVenue(id, {
    markets: createForgetfulCache(),
    clock,
    log,
    baseUrl,
    proxyUrl: proxies[id],
  });
  try {
    return await shoot(venue, symbol, clock);
  } finally {
    await venue.close();
  }
}

/** What one venue brings, the map that its price path alone would leave, and its order book. */
interface Shot {
  readonly input: VenueInput;
  readonly nullLevels?: VenueLevels | undefined;
  readonly depth?: BookDepth | undefined;
}

async function shoot(venue: Venue, symbol: string, clock: Clock): Promise<Shot> {
  const failed = (reason: string): Shot => ({
    input: { id: venue.id, status: "failed", ageMs: null, method: "estimated", reason },
  });
  const now = clock.now();
  const history = await venue.backfill(symbol, now - historyMs, now);
  if (!history.ok) return failed(history.failure.reason);
  const series = warmStartStacked(history.spec, history.bars);
  const [outcome, depth] = await Promise.all([
    pollOnce(venue, symbol, series.lastClosed),
    venue.books?.depth(symbol),
  ]);
  if (!outcome.ok) return failed(outcome.failure.reason);
  const { closedBars, formingBar, markPrice, openInterestUsd, observedAt } = outcome.observation;
  for (const bar of closedBars) applyStacked(series, bar);
  const input: VenueInput = {
    id: venue.id,
    status: "fresh",
    ageMs: Math.max(0, clock.now() - observedAt),
    method: "estimated",
    markPrice,
    openInterestUsd,
    levels: stackedLevels(series, markPrice, formingBar),
  };
  return { input, nullLevels: createNullMap(history.spec).levels(series.path, markPrice), depth };
}

async function pollOnce(venue: Venue, symbol: string, cursor: number | undefined): Promise<PollOutcome> {
  let last: PollOutcome = { ok: false, failure: { kind: "retry", reason: "the venue said nothing" } };
  await venue.poll([cursor === undefined ? { symbol } : { symbol, cursor }], (_symbol, outcome) => {
    last = outcome;
  });
  return last;
}

/** One shot needs nothing kept from one start to the next. */
function createForgetfulCache(): MarketCache {
  return { get: async () => undefined, put: async () => undefined };
}
