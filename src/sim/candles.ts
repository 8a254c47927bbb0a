import type { Stretch } from "./path.ts";
import { createTable } from "./table.ts";

/** A candle of the last price (with volumes, base units) and of the mark. */
export interface Candle extends Stretch {
  readonly openTime: number;
  readonly volume: number;
  readonly takerBuyVolume: number;
  readonly quoteVolume: number;
  /** Liquidated within it, base units. */
  readonly longLiquidated: number;
  readonly shortLiquidated: number;
  readonly mark: Stretch;
}

/** What happened in less than a candle. */
export interface Tick {
  readonly time: number;
  readonly last: Stretch;
  readonly mark: Stretch;
  readonly volume: number;
  readonly takerBuyVolume: number;
  readonly longLiquidated: number;
  readonly shortLiquidated: number;
}

export interface Candles {
  readonly intervalMs: number;
  readonly add: (tick: Tick) => void;
  /** Open times in [from, to), oldest first. */
  readonly between: (from: number, to: number) => readonly Candle[];
}

const names = [
  "openTime",
  ...(["open", "high", "low", "close"] as const),
  ...(["volume", "takerBuyVolume", "quoteVolume"] as const),
  ...(["longLiquidated", "shortLiquidated"] as const),
  ...(["markOpen", "markHigh", "markLow", "markClose"] as const),
] as const;

/** Candles of one interval, without gaps as ticks have none; the oldest go when there are more than `capacity`. */
export function createCandles(intervalMs: number, capacity: number): Candles {
  const table = createTable(names, capacity);

  const begin = (openTime: number, tick: Tick): void => {
    const { last, mark, volume, takerBuyVolume, longLiquidated, shortLiquidated } = tick;
    table.append({
      openTime,
      ...last,
      volume,
      takerBuyVolume,
      longLiquidated,
      shortLiquidated,
      quoteVolume: volume * last.close,
      markOpen: mark.open,
      markHigh: mark.high,
      markLow: mark.low,
      markClose: mark.close,
    });
  };
  const grow = (row: number, { last, mark, volume, takerBuyVolume, ...liquidated }: Tick): void => {
    const update = (name: (typeof names)[number], change: (old: number) => number): void =>
      table.set(row, name, change(table.get(row, name)));
    update("high", (old) => Math.max(old, last.high));
    update("low", (old) => Math.min(old, last.low));
    update("close", () => last.close);
    update("markHigh", (old) => Math.max(old, mark.high));
    update("markLow", (old) => Math.min(old, mark.low));
    update("markClose", () => mark.close);
    update("volume", (old) => old + volume);
    update("takerBuyVolume", (old) => old + takerBuyVolume);
    update("quoteVolume", (old) => old + volume * last.close);
    update("longLiquidated", (old) => old + liquidated.longLiquidated);
    update("shortLiquidated", (old) => old + liquidated.shortLiquidated);
  };
  const add = (tick: Tick): void => {
    const openTime = Math.floor(tick.time / intervalMs) * intervalMs;
    const newest = table.length() - 1;
    if (newest >= 0 && table.get(newest, "openTime") === openTime) grow(newest, tick);
    else begin(openTime, tick);
  };

  const candleAt = (row: number): Candle => {
    const get = (name: (typeof names)[number]): number => table.get(row, name);
    return {
      openTime: get("openTime"),
      open: get("open"),
      high: get("high"),
      low: get("low"),
      close: get("close"),
      volume: get("volume"),
      takerBuyVolume: get("takerBuyVolume"),
      quoteVolume: get("quoteVolume"),
      longLiquidated: get("longLiquidated"),
      shortLiquidated: get("shortLiquidated"),
      mark: { open: get("markOpen"), high: get("markHigh"), low: get("markLow"), close: get("markClose") },
    };
  };
  const between: Candles["between"] = (from, to) => {
    const first = table.get(0, "openTime");
    const rowOf = (time: number): number =>
      Math.min(table.length(), Math.max(0, Math.ceil((time - first) / intervalMs)));
    const start = rowOf(from);
    return Array.from({ length: Math.max(0, rowOf(to) - start) }, (_, index) => candleAt(start + index));
  };
  return { intervalMs, add, between };
}

const merged = (older: Stretch, newer: Stretch): Stretch => ({
  open: older.open,
  close: newer.close,
  high: Math.max(older.high, newer.high),
  low: Math.min(older.low, newer.low),
});

/** Coarser candles out of finer ones, aligned to the epoch. */
export function regroup(candles: readonly Candle[], intervalMs: number): readonly Candle[] {
  const groups: Candle[] = [];
  for (const candle of candles) {
    const openTime = Math.floor(candle.openTime / intervalMs) * intervalMs;
    const group = groups.at(-1);
    if (group?.openTime === openTime) groups[groups.length - 1] = joined(group, candle);
    else groups.push({ ...candle, openTime });
  }
  return groups;
}

/** Two neighbouring candles as one, opening when the older one did. */
export const joined = (older: Candle, newer: Candle): Candle => ({
  ...merged(older, newer),
  openTime: older.openTime,
  volume: older.volume + newer.volume,
  takerBuyVolume: older.takerBuyVolume + newer.takerBuyVolume,
  quoteVolume: older.quoteVolume + newer.quoteVolume,
  longLiquidated: older.longLiquidated + newer.longLiquidated,
  shortLiquidated: older.shortLiquidated + newer.shortLiquidated,
  mark: merged(older.mark, newer.mark),
});
