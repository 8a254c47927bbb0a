import { symbols } from "../cast.ts";
import { iso } from "../platforms.ts";
import type { Announced } from "../stage.ts";
import type { Evidence } from "./evidence.ts";

/** One loss an hour is said, by clocks that may be this far apart. */
const restMs = 3_600_000 - 60_000;

/** A loss of data is said once, then that it is back, and not another one within the hour. */
export function feeds({ history }: Evidence): readonly string[] {
  return symbols.flatMap((symbol) => {
    const all = newsOf(history.announced.filter(({ name }) => name === `feed-${symbol}`));
    return all.flatMap((one, nth) => {
      const name = `${symbol}: ${one.kind} since ${iso(one.since)}, at ${iso(one.at)}`;
      const before = all[nth - 1];
      if (one.kind === "feed-back")
        return before?.kind === "feed-lost" && before.since === one.since ? [] : [`${name}, of nothing`];
      if (before?.kind === "feed-lost") return [`${name}, after one at ${iso(before.at)} that isn't over`];
      const last = all[nth - 2];
      return last !== undefined && one.at - last.at < restMs ? [`${name}, after one at ${iso(last.at)}`] : [];
    });
  });
}

/** Whoever finds it unsaid says it too, by the same name. */
function newsOf(announced: readonly Announced[]): readonly Announced[] {
  const news = new Map<string, Announced>();
  for (const one of announced) {
    const name = `${one.kind} ${one.since}`;
    news.set(name, news.get(name) ?? one);
  }
  return [...news.values()];
}
