import type { Texts } from "../texts/texts.ts";
import type { AlertContent } from "./content.ts";
import { strength, type Direction } from "./data.ts";
import { parseJson, type Fields, type Parsed } from "./read.ts";

/** An alert that was not said when it came: as much of it as a summary needs. Plain JSON. */
export interface HeldAlert {
  readonly symbol: string;
  readonly direction: Direction;
  /** Above 1 shorts sit nearer, below 1 longs do. */
  readonly ratio: number;
  /** Epoch ms: when the ratio was that. What older versions held back says when its episode began. */
  readonly firedAt: number;
  /** What can say how it went on; "" where nothing can. */
  readonly episodeId: string;
  /** Set when it has ended. */
  readonly hasEnded?: true;
}

/** More lines than this nobody reads, and a message has room for. */
const mostLines = 20;

export function heldAlert(content: AlertContent, episodeId: string): HeldAlert {
  const { symbol, direction, ratio, time, kind } = content;
  return {
    symbol,
    direction,
    ratio,
    firedAt: time,
    episodeId,
    ...(kind === "resolved" && { hasEnded: true as const }),
  };
}

export function parseHeld(json: unknown): Parsed<HeldAlert> {
  return parseJson(json, readHeld);
}

export function readHeld(fields: Fields): HeldAlert {
  return {
    symbol: fields.text("symbol"),
    direction: fields.oneOf("direction", ["up", "down"]),
    ratio: fields.positive("ratio"),
    firedAt: fields.number("firedAt"),
    episodeId: fields.text("episodeId"),
    ...(fields.has("hasEnded") && { hasEnded: true as const }),
  };
}

/**
 * A line for each, oldest first, with times on the clock of `zone` (UTC where absent); of an episode that was told of
 * more than once only the strongest moment.
 */
export function summaryLines(
  alerts: readonly HeldAlert[],
  texts: Texts,
  zone: string | undefined,
): readonly string[] {
  const told = strongestOf(alerts);
  const shown = told.slice(0, mostLines);
  const left = told.length - shown.length;
  const lines = shown.map((alert) => lineOf(alert, texts, zone));
  return left > 0 ? [...lines, texts.say("summary-more", { count: texts.count(left) })] : lines;
}

/** As many as have a line, or would have one where there was room. */
export function countTold(alerts: readonly HeldAlert[]): number {
  return strongestOf(alerts).length;
}

function strongestOf(alerts: readonly HeldAlert[]): readonly HeldAlert[] {
  const byEpisode = new Map<string, HeldAlert>();
  for (const alert of alerts.toSorted((a, b) => a.firedAt - b.firedAt)) {
    const key = alert.episodeId === "" ? `${alert.symbol} ${alert.firedAt}` : alert.episodeId;
    const known = byEpisode.get(key);
    const isStronger =
      known === undefined || strength(alert.ratio, alert.direction) > strength(known.ratio, known.direction);
    const kept = isStronger ? alert : known;
    const hasEnded = alert.hasEnded === true || known?.hasEnded === true;
    byEpisode.set(key, hasEnded ? { ...kept, hasEnded: true } : kept);
  }
  return [...byEpisode.values()];
}

function lineOf(
  { symbol, direction, ratio, firedAt, hasEnded }: HeldAlert,
  texts: Texts,
  zone: string | undefined,
): string {
  return texts.say(hasEnded === true ? `summary-ended-${direction}` : `summary-open-${direction}`, {
    symbol,
    ratio: texts.ratio(strength(ratio, direction)),
    time: texts.time(firedAt, zone),
  });
}
