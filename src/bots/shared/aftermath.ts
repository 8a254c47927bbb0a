import type { FiringContent } from "../../alerts/content.ts";
import type { HistoryPoint } from "../../store/contracts/symbols.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A minute that is missing may be stood for by its neighbours. */
const nearMs = 10 * 60_000;

/** What the price did after an alert. Changes are ratios: 0.008 for +0.8 %. */
export interface Aftermath {
  /** Absent while the time has not passed, or where nothing was recorded. */
  readonly afterHour?: number;
  readonly afterDay?: number;
  /** The side whose liquidations the price reached first, and how long that took. */
  readonly reached?: { readonly direction: "up" | "down"; readonly afterMs: number };
  /** How long was looked at; 0 where nothing was recorded. */
  readonly watchedMs: number;
}

/**
 * `points` from the alert on, oldest first; looks at the first day after it. An escalation's begins with itself: its price
 * is that of its own moment, not of its episode's first one.
 */
export function aftermath(content: FiringContent, points: readonly HistoryPoint[], now: number): Aftermath {
  const { time: toldAt, markPrice, downDistanceUsd, upDistanceUsd } = content;
  const until = Math.min(now, toldAt + dayMs);
  const prices = points.flatMap(({ time, markPrice: price }) =>
    price === null || time < toldAt || time > until ? [] : [{ time, price }],
  );
  const first = prices.find(
    ({ price }) => price >= markPrice + upDistanceUsd || price <= markPrice - downDistanceUsd,
  );
  const changeAt = (at: number): number | undefined => {
    const near = prices.find(({ time }) => Math.abs(time - at) <= nearMs);
    return at > now || near === undefined ? undefined : near.price / markPrice - 1;
  };
  const [afterHour, afterDay] = [changeAt(toldAt + hourMs), changeAt(toldAt + dayMs)];
  return {
    ...(afterHour !== undefined && { afterHour }),
    ...(afterDay !== undefined && { afterDay }),
    ...(first !== undefined && {
      reached: {
        direction: first.price > markPrice ? ("up" as const) : ("down" as const),
        afterMs: first.time - toldAt,
      },
    }),
    watchedMs: Math.max(0, (prices.at(-1)?.time ?? toldAt) - toldAt),
  };
}
