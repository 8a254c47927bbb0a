import { intervalMs } from "../adapter.ts";
import type { Liquidation, LiquidationTotal } from "../contracts.ts";
import type { Stream } from "./streams.ts";

/** Sums of one venue's liquidations by series and bar. */
export interface Totals {
  /** False for what was there before: a replay, or the same row twice; `key` tells apart what is alike in all else. */
  readonly add: (liquidation: Liquidation, key?: string) => boolean;
  /** From now on the stream is heard; `undefined` when it isn't any more. Bars heard in part are never summed up. */
  readonly heardSince: (at: number | undefined) => void;
  /** The bars of `series` that are heard from their first moment on, as far as `now`; the newest two. */
  readonly read: (series: string, now: number) => readonly LiquidationTotal[];
}

interface Sum {
  long: number;
  short: number;
  prints: number;
  readonly seconds: Set<number>;
}

/** Replays reach back some seconds; busy minutes have hundreds of prints. */
const mostRemembered = 5_000;

export function createTotals(completeness: Stream["completeness"]): Totals {
  const sums = new Map<string, Map<number, Sum>>();
  const seen = new Set<string>();
  let since: number | undefined;

  const sumOf = (series: string, openTime: number): Sum => {
    const bars = sums.get(series) ?? new Map<number, Sum>();
    sums.set(series, bars);
    const kept = bars.get(openTime) ?? { long: 0, short: 0, prints: 0, seconds: new Set() };
    bars.set(openTime, kept);
    for (const old of bars.keys()) if (old < openTime - 2 * intervalMs) bars.delete(old);
    return kept;
  };

  return {
    add: (liquidation, printKey = "") => {
      const { series, liquidatedSide, quantity, price, at } = liquidation;
      const key = [series, liquidatedSide, quantity, price, at, printKey].join(" ");
      if (seen.has(key)) return false;
      seen.add(key);
      for (const oldest of seen) {
        if (seen.size <= mostRemembered) break;
        seen.delete(oldest);
      }
      const sum = sumOf(series, Math.floor(at / intervalMs) * intervalMs);
      sum[liquidatedSide] += quantity;
      sum.prints += 1;
      sum.seconds.add(Math.floor(at / 1000));
      return true;
    },
    heardSince: (at) => {
      since = at;
    },
    read: (series, now) => {
      const forming = Math.floor(now / intervalMs) * intervalMs;
      return [forming - intervalMs, forming].flatMap((openTime) => {
        if (since === undefined || since > openTime) return [];
        const sum = sums.get(series)?.get(openTime);
        const until = Math.min(now, openTime + intervalMs);
        return [totalOf(sum, openTime, until, completeness)];
      });
    },
  };
}

function totalOf(
  sum: Sum | undefined,
  openTime: number,
  until: number,
  completeness: Stream["completeness"],
): LiquidationTotal {
  const { long = 0, short = 0, prints = 0 } = sum ?? {};
  const share =
    completeness === "all" ? 1 : reportingShare(sum?.seconds.size ?? 0, (until - openTime) / 1000);
  return { openTime, until, long, short, prints, reportingShare: share };
}

/**
 * ρ of a stream that lets through one print a second: with k of n seconds occupied, random arrivals would have been
 * N̂ = −n·ln(1 − k/n), of which k were seen. With every second occupied all that can be said is "very many".
 */
export function reportingShare(occupied: number, seconds: number): number {
  if (!(occupied > 0) || !(seconds >= 1)) return 1;
  const share = Math.min(occupied / seconds, 1 - 1 / (2 * seconds));
  return Math.min(1, share / -Math.log1p(-share));
}
