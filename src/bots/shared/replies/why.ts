import { strength } from "../../../alerts/data.ts";
import { bookReach } from "../../../model/cascade.ts";
import type { Cascade, Imbalance, ImbalanceBand, VenueShare } from "../../../model/types.ts";
import type { Texts } from "../../../texts/texts.ts";
import { venueName } from "../../../texts/venues.ts";
import { bold, plain, press, type Paragraph, type Reply } from "../reply.ts";
import { leaning } from "./imbalance.ts";

/** What stands behind a ratio, in plain words. */
export function whyReply(texts: Texts, symbol: string, imbalance: Imbalance | undefined): Reply {
  const { say } = texts;
  const rows = [[press(say("bot-button-refresh"), { do: "imbalance", symbol })]];
  if (imbalance === undefined)
    return { paragraphs: [bold(say("bot-imbalance-none", { symbol }))], rows, isPrivate: true };
  const parts = [
    bold(title(texts, imbalance)),
    reference(texts, imbalance),
    bands(texts, imbalance.bands),
    cascade(texts, imbalance.cascade),
    confidence(texts, imbalance),
    excess(texts, imbalance),
    venues(texts, imbalance),
    [{ text: say("caveat-first"), style: "italic" }] as Paragraph,
  ];
  return { paragraphs: parts.filter((part) => part !== undefined), rows, isPrivate: true };
}

function title(texts: Texts, { symbol, ratio }: Imbalance): string {
  if (ratio === null) return texts.say("bot-why-title-plain", { symbol });
  const direction = leaning(ratio);
  return texts.say("bot-why-title", {
    symbol,
    ratio: texts.ratio(strength(ratio, direction)),
    direction: texts.say(`bot-${direction}`),
  });
}

function reference(texts: Texts, imbalance: Imbalance): Paragraph | undefined {
  const { notionalUsd, downDistanceUsd, upDistanceUsd, downDistanceRatio, upDistanceRatio } = imbalance;
  if (notionalUsd === null || downDistanceUsd === null || upDistanceUsd === null) return undefined;
  return plain(
    texts.say("bot-why-reference", {
      notional: texts.money(notionalUsd),
      down: texts.money(downDistanceUsd),
      downPercent: texts.percent(downDistanceRatio ?? 0),
      up: texts.money(upDistanceUsd),
      upPercent: texts.percent(upDistanceRatio ?? 0),
    }),
  );
}

const saidDistances = new Set([0.01, 0.02, 0.05]);

function bands(texts: Texts, all: readonly ImbalanceBand[]): Paragraph | undefined {
  const said = all.filter(({ distanceRatio }) => saidDistances.has(distanceRatio));
  if (said.length === 0) return undefined;
  const lines = said.map((band) => `• ${bandLine(texts, band)}`);
  return plain([texts.say("bot-why-bands"), ...lines].join("\n"));
}

function bandLine(texts: Texts, band: ImbalanceBand): string {
  const known = {
    distance: `±${texts.percent(band.distanceRatio)}`,
    longs: texts.money(band.longUsd),
    shorts: texts.money(band.shortUsd),
  };
  const { longIntervalUsd: longs, shortIntervalUsd: shorts } = band;
  if (longs === undefined || shorts === undefined) return texts.say("bot-why-band", known);
  return texts.say("bot-why-band-sure", {
    ...known,
    longLow: texts.money(longs.low),
    longHigh: texts.money(longs.high),
    shortLow: texts.money(shorts.low),
    shortHigh: texts.money(shorts.high),
  });
}

/** Where a move would feed itself, on the sides where it would. */
function cascade(texts: Texts, read: Cascade | undefined): Paragraph | undefined {
  if (read === undefined) return undefined;
  const lines = (["down", "up"] as const).flatMap((way) => {
    const { distanceRatio, likelihood } = read[way];
    if (distanceRatio === null) return [];
    const said = { distance: texts.percent(distanceRatio), likelihood: texts.percent(likelihood) };
    return [`• ${texts.say(`bot-why-cascade-${way}`, said)}`];
  });
  const books = texts.percent(read.bookCoverage);
  if (lines.length > 0) return plain([texts.say("bot-why-cascade", { books }), ...lines].join("\n"));
  return plain(texts.say("bot-why-cascade-none", { books, reach: texts.percent(bookReach) }));
}

function confidence(texts: Texts, { ratio, ratioLow, ratioHigh }: Imbalance): Paragraph {
  if (ratioLow === null || ratioHigh === null) return plain(texts.say("bot-why-confidence-none"));
  const direction = leaning(ratio ?? 1);
  // downwards the ends change places, like the ratio itself
  const ends = [ratioLow, ratioHigh].map((end) => strength(end, direction));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return plain(texts.say("bot-why-confidence", { low: texts.ratio(low), high: texts.ratio(high) }));
}

function excess(texts: Texts, { ratio, excessRatio, percentile }: Imbalance): Paragraph {
  if (excessRatio === undefined || excessRatio === null) return plain(texts.say("bot-why-excess-none"));
  const direction = leaning(ratio ?? 1);
  const left = texts.ratio(strength(excessRatio, direction));
  if (percentile === undefined || percentile === null) {
    return plain(texts.say("bot-why-excess-only", { excess: left }));
  }
  const rank = direction === "up" ? percentile : 1 - percentile;
  return plain(texts.say("bot-why-excess", { excess: left, percentile: texts.percent(rank) }));
}

function venues(texts: Texts, { venues: all, coverage }: Imbalance): Paragraph {
  const total = all.reduce((sum, venue) => sum + (venue.openInterestUsd ?? 0), 0);
  const largestFirst = all.toSorted((a, b) => (b.openInterestUsd ?? 0) - (a.openInterestUsd ?? 0));
  const lines = largestFirst.map((venue) => `• ${venueLine(texts, venue, total)}`);
  const intro = texts.say("bot-why-venues", { coverage: texts.percent(coverage) });
  return plain([intro, ...lines].join("\n"));
}

function venueLine(texts: Texts, venue: VenueShare, total: number): string {
  const name = venueName(venue.id);
  if (venue.status !== "fresh" || venue.ageMs === null) {
    return texts.say("bot-why-venue-missing", { name, status: texts.say(`bot-status-${venue.status}`) });
  }
  return texts.say("bot-why-venue", {
    name,
    share: texts.percent(total > 0 ? (venue.openInterestUsd ?? 0) / total : 0),
    age: texts.age(venue.ageMs),
    method: texts.say(`bot-method-${venue.method}`, { known: texts.percent(venue.measuredShare ?? 0) }),
  });
}
