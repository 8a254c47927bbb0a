import { textsIn, type Language, type Texts } from "../texts/texts.ts";
import { venueName } from "../texts/venues.ts";
import type { AlertContent, FiringContent, ResolvedContent } from "./content.ts";
import { strength, type Direction } from "./data.ts";
import { exitLevel } from "./episode.ts";
import { parseRuleKey } from "./rules.ts";

/** What one kind of trader tends to make of it. */
interface Reading {
  readonly who: string;
  readonly text: string;
}

/** A time for platforms that show the reader's own, and the same in words (UTC) for the others. */
interface MessageTime {
  /** Epoch ms. */
  readonly at: number;
  readonly text: string;
}

/**
 * An alert in one language, in the order it is shown. Text without markup: each platform decides what is bold
 * and what is folded (the readings, under their title).
 */
export interface FullMessage {
  readonly kind: "full";
  readonly symbol: string;
  /** up = shorts sit nearer: for an accent colour, never the only carrier of meaning. */
  readonly direction: Direction;
  readonly asOf: MessageTime;
  /** Understood alone, as a push preview. */
  readonly headline: string;
  readonly down: string;
  readonly up: string;
  /** Two lines; none when they were dropped to fit. */
  readonly suggests: readonly string[];
  readonly readingsTitle: string;
  /** None when they were dropped to fit. */
  readonly readings: readonly Reading[];
  readonly caveat: { readonly first: string; readonly rest: string };
  /** Absent when it was dropped to fit. */
  readonly bottomLine?: string;
  readonly honesty: string;
  /** To be shown when an earlier attempt may have arrived. */
  readonly repeatNote: string;
}

/** One line, such as the end of an alert, and perhaps a list below it. */
interface LineMessage {
  readonly kind: "line";
  readonly symbol: string;
  readonly asOf: MessageTime;
  readonly headline: string;
  readonly lines?: readonly string[];
  readonly repeatNote: string;
}

export type AlertMessage = FullMessage | LineMessage;

/** Puts an alert's content into a language's words. */
export function alertMessage(content: AlertContent, language: Language): AlertMessage {
  const texts = textsIn(language);
  return content.kind === "resolved" ? resolvedMessage(content, texts) : fullMessage(content, texts);
}

function fullMessage(content: FiringContent, texts: Texts): FullMessage {
  const { direction, symbol, time } = content;
  const ratio = texts.ratio(strength(content.ratio, direction));
  const headline = texts.say(`headline-${direction}`, { symbol, ratio });
  return {
    kind: "full",
    symbol,
    direction,
    asOf: { at: time, text: texts.time(time) },
    headline: marked(headline, content, texts),
    ...distances(content, texts),
    suggests: [texts.say(`suggests-${direction}-1`), texts.say(`suggests-${direction}-2`)],
    readingsTitle: texts.say("readings-title"),
    readings: readings(direction, texts),
    caveat: { first: texts.say("caveat-first"), rest: texts.say("caveat-rest") },
    bottomLine: texts.say(`bottom-line-${direction}`, { ratio }),
    honesty: content.kind === "test" ? texts.say("honesty-test") : honesty(content, texts),
    repeatNote: texts.say("possible-repeat"),
  };
}

/** The two-sided sentence; "only" goes with the nearer side. */
function distances(content: FiringContent, texts: Texts): { down: string; up: string } {
  const { symbol, direction } = content;
  const notional = texts.money(content.notionalUsd);
  const falling = {
    distance: texts.money(content.downDistanceUsd),
    percent: texts.percent(content.downDistanceRatio),
  };
  const rising = {
    distance: texts.money(content.upDistanceUsd),
    percent: texts.percent(content.upDistanceRatio),
  };
  return {
    down: texts.say(direction === "up" ? "fall-far" : "fall-near", { symbol, notional, ...falling }),
    up: texts.say(direction === "up" ? "rise-near" : "rise-far", { symbol, notional, ...rising }),
  };
}

function readings(direction: Direction, texts: Texts): readonly Reading[] {
  const traders = ["momentum", "makers", "contrarians"] as const;
  return traders.map((trader) => ({
    who: texts.say(`${trader}-who`),
    text: texts.say(`${trader}-${direction}`),
  }));
}

function honesty(content: FiringContent, texts: Texts): string {
  const { ageMs, realisedShare } = content;
  return texts.say("honesty", {
    price: texts.price(content.markPrice),
    age:
      ageMs === undefined ? texts.say("data-age-unknown") : texts.say("data-age", { age: texts.age(ageMs) }),
    venues: venuesCovered(content, texts),
    band: band(content, texts),
    realised: realised(realisedShare, texts),
  });
}

/** More than all of it can be: positions opened and liquidated between two looks were in no map. */
function realised(share: number | undefined, texts: Texts): string {
  if (share === undefined) return texts.say("realised-none");
  return share > 1 ? texts.say("realised-over") : texts.say("realised", { share: texts.percent(share) });
}

/** Names shown before "and n more": thirteen venues can be missing, and a caption has 1,024 characters. */
const namedVenues = 4;

function venuesCovered({ venues, coverage }: FiringContent, texts: Texts): string {
  const count = { fresh: texts.count(venues.fresh), total: texts.count(venues.total) };
  if (venues.missing.length === 0) return texts.say("venues-all", count);
  const names = venues.missing.slice(0, namedVenues).map(venueName).join(", ");
  const unnamed = venues.missing.length - namedVenues;
  const missing = unnamed > 0 ? texts.say("names-more", { names, count: texts.count(unnamed) }) : names;
  return texts.say("venues-some", { ...count, missing, coverage: texts.percent(coverage) });
}

/** The band in the direction of the alert, like the ratio of its headline: downwards its ends change places. */
function band(content: FiringContent, texts: Texts): string {
  if (content.band === undefined) return texts.say("band-none");
  const ends = [content.band.low, content.band.high].map((end) => strength(end, content.direction));
  return texts.say("band", { low: texts.ratio(Math.min(...ends)), high: texts.ratio(Math.max(...ends)) });
}

function marked(headline: string, { kind, level }: FiringContent, texts: Texts): string {
  if (kind === "test") return texts.say("headline-test", { headline });
  return level === undefined ? headline : texts.say("headline-stronger", { headline });
}

function resolvedMessage(content: ResolvedContent, texts: Texts): LineMessage {
  const { symbol, time } = content;
  return {
    kind: "line",
    symbol,
    asOf: { at: time, text: texts.time(time) },
    headline: resolvedHeadline(content, texts),
    repeatNote: texts.say("possible-repeat"),
  };
}

function resolvedHeadline(
  { symbol, direction, ratio, firedAt, rule }: ResolvedContent,
  texts: Texts,
): string {
  const left = strength(ratio, direction);
  const facts = { symbol, ratio: texts.ratio(left >= 1 ? left : 1 / left), firedAt: texts.time(firedAt) };
  const asked = rule === undefined ? undefined : parseRuleKey(rule);
  // its percentile has ended it: the ratio is where it was, or higher
  if (asked !== undefined && left >= exitLevel(asked.ratio))
    return texts.say(`resolved-unsure-${direction}`, {
      ...facts,
      percent: texts.percent(asked.confidence / 100),
    });
  // nobody reads a turn in what is shown as balance
  if (left >= 1 || facts.ratio === texts.ratio(1)) return texts.say(`resolved-${direction}`, facts);
  return texts.say(direction === "up" ? "resolved-turned-down" : "resolved-turned-up", facts);
}
