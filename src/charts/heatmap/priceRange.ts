import type { HeatmapRequest } from "../contracts.ts";

/** Beside the path of the price, of its own range: what lay ahead of it must be seen too. */
const roomShare = 0.5;
/** And at least this share of the price, to both sides. */
const leastRoom = 0.025;
const mostRoom = 0.2;

/** Ends of the price axis: the whole path of the price, with room for the leverage above and below. */
export function priceRange({ candles, columns, imbalance }: HeatmapRequest): { low: number; high: number } {
  const marks = columns.map(({ markPrice }) => markPrice);
  if (imbalance.markPrice !== null) marks.push(imbalance.markPrice);
  const lows = [...candles.map(({ low }) => low), ...marks];
  const highs = [...candles.map(({ high }) => high), ...marks];
  if (lows.length === 0) return { low: 1, high: 2 };
  const [low, high] = [Math.min(...lows), Math.max(...highs)];
  const room = Math.min(mostRoom, Math.max(leastRoom, (high / low - 1) * roomShare));
  return { low: low * (1 - room), high: high * (1 + room) };
}
