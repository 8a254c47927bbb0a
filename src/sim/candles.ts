import type { Stretch } from "./path.ts";

/** A candle of the last price (with volumes, base units) and of the mark. */
export interface Candle extends Stretch {
  readonly openTime: number;
  readonly volume: number;
  readonly takerBuyVolume: number;
  readonly quoteVolume: number;
  readonly mark: Stretch;
}

type MutableCandle = { -readonly [Key in keyof Candle]: Candle[Key] };

/** What happened in less than a candle. */
export interface Tick {
  readonly time: number;
  readonly last: Stretch;
  readonly mark: Stretch;
  readonly volume: number;
  readonly takerBuyVolume: number;
}

export interface Candles {
  readonly intervalMs: number;
  readonly add: (tick: Tick) => void;
  /** Open times in [from, to), oldest first. */
  readonly between: (from: number, to: number) => readonly Candle[];
  readonly newest: () => Candle | undefined;
}

const merged = (older: Stretch, newer: Stretch): Stretch => ({
  open: older.open,
  close: newer.close,
  high: Math.max(older.high, newer.high),
  low: Math.min(older.low, newer.low),
});

function begin(openTime: number, tick: Tick): MutableCandle {
  const { volume, takerBuyVolume, last, mark } = tick;
  return { openTime, ...last, mark, volume, takerBuyVolume, quoteVolume: volume * last.close };
}

function grow(candle: MutableCandle, tick: Tick): void {
  candle.high = Math.max(candle.high, tick.last.high);
  candle.low = Math.min(candle.low, tick.last.low);
  candle.close = tick.last.close;
  candle.mark = merged(candle.mark, tick.mark);
  candle.volume += tick.volume;
  candle.takerBuyVolume += tick.takerBuyVolume;
  candle.quoteVolume += tick.volume * tick.last.close;
}

/** Candles of one interval; the oldest go when there are more than `capacity`. Without gaps, as ticks have none. */
export function createCandles(intervalMs: number, capacity: number): Candles {
  let kept: MutableCandle[] = [];

  const add = (tick: Tick): void => {
    const openTime = Math.floor(tick.time / intervalMs) * intervalMs;
    const newest = kept.at(-1);
    if (newest !== undefined && newest.openTime === openTime) {
      grow(newest, tick);
      return;
    }
    kept.push(begin(openTime, tick));
    // in bulk: dropping one at a time would move the whole list each candle
    if (kept.length > capacity * 1.1) kept = kept.slice(-capacity);
  };

  const between: Candles["between"] = (from, to) => {
    const first = kept[0];
    if (first === undefined) return [];
    const index = (time: number): number => Math.max(0, Math.ceil((time - first.openTime) / intervalMs));
    return kept.slice(index(from), index(to));
  };
  return { intervalMs, add, between, newest: () => kept.at(-1) };
}

/** Coarser candles out of finer ones, both aligned to the epoch. */
export function regroup(candles: readonly Candle[], intervalMs: number): readonly Candle[] {
  const groups: MutableCandle[] = [];
  for (const candle of candles) {
    const openTime = Math.floor(candle.openTime / intervalMs) * intervalMs;
    const group = groups.at(-1);
    if (group?.openTime !== openTime) {
      groups.push({ ...candle, openTime });
      continue;
    }
    Object.assign(group, merged(group, candle), { mark: merged(group.mark, candle.mark) });
    group.volume += candle.volume;
    group.takerBuyVolume += candle.takerBuyVolume;
    group.quoteVolume += candle.quoteVolume;
  }
  return groups;
}
