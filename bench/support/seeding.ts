import { freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { aggregateVenues, toLiquidationMap } from "../../src/model/aggregate.ts";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import { encodeStacked, warmStartStacked } from "../../src/model/stackedSeries.ts";
import type { Bar } from "../../src/model/types.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { encodeMemory } from "../../src/worker/memory.ts";

const barMs = 300_000;
const monthOfBars = 8_640;

export interface Seed {
  readonly symbols: readonly string[];
  readonly series: readonly string[];
  /** Where the month ends: price, open interest in base units, epoch ms. */
  readonly price: number;
  readonly openInterest: number;
  readonly now: number;
}

/** Commits a month of history for every symbol and series, as if it had long been watched; the same for all. */
export async function seedHistories(store: Store, seed: Seed): Promise<void> {
  const bars = monthUntil(seed);
  const lastClosed = bars.at(-1)?.openTime ?? 0;
  const state = encodeStacked(warmStartStacked(aSpec, bars));
  const series = new Map(seed.series.map((venue) => [venue, state]));
  const cursors = new Map(seed.series.map((venue) => [venue, lastClosed]));
  for (const symbol of seed.symbols) {
    const aggregate = aggregateVenues(symbol, seed.now, []);
    const { imbalance } = measureImbalance(aggregate, freshNotionalMemory, { episodeOpen: false });
    await store.symbols.commit({
      symbol,
      slot: 0,
      basedOn: 0,
      at: seed.now,
      series,
      cursors,
      dropped: [],
      memory: encodeMemory({ notional: freshNotionalMemory, episode: freshEpisodeMemory(seed.now) }),
      imbalance,
      map: toLiquidationMap(aggregate),
      ruleAlerts: [],
    });
  }
}

const aSpec = {
  venue: "binanceusdm",
  symbol: "BTC",
  market: "BTC/USDT:USDT",
  contractType: "linear",
  intervalMs: barMs,
  riskTiers: [{ floorNotional: 0, capNotional: Infinity, maintenanceMarginRate: 0.01, maxLeverage: 75 }],
  liquidationFeeRate: 0,
} as const;

/** A fixed pseudo-random walk with a month's usual range, shifted so that it ends where it shall. */
function monthUntil({ price: last, openInterest, now }: Seed): readonly Bar[] {
  let seed = 20_260_113;
  const draw = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32 - 0.5;
  };
  const until = Math.floor(now / barMs) * barMs;
  const moves = Array.from({ length: monthOfBars }, () => 0.006 * draw());
  let price = last * Math.exp(-moves.reduce((sum, move) => sum + move, 0));
  return moves.map((move, i) => {
    const open = price;
    price *= Math.exp(move);
    return {
      openTime: until - (monthOfBars - i) * barMs,
      open,
      high: Math.max(open, price) * 1.0003,
      low: Math.min(open, price) * 0.9997,
      close: price,
      volume: openInterest * 0.01 * Math.exp(draw()),
      openInterest: openInterest * (1 + 0.02 * draw()),
    };
  });
}
