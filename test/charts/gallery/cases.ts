import {
  plainLook,
  type AlertMark,
  type HeatmapRequest,
  type HistoryRequest,
  type Look,
  type MapRequest,
  type ReliabilityRequest,
} from "../../../src/charts/contracts.ts";
import { thinHistory } from "../../../src/charts/history/line.ts";
import type { Drawing } from "../../../src/charts/render/messages.ts";
import { agedImbalance } from "../../../src/model/aged.ts";
import type { Imbalance, VenueShare } from "../../../src/model/types.ts";
import type { HistoryPoint } from "../../../src/store/contracts/symbols.ts";
import { languages, type Language } from "../../../src/texts/texts.ts";
import { lopsidedUp, sampleMarket, sampleTime, type Cluster, type MarketOptions } from "../samples.ts";
import { sampleHeat } from "./heat.ts";

/** One picture to look at. */
export interface GalleryCase {
  readonly name: string;
  readonly drawing: Drawing;
}

/** English comes first, and is in all the others. */
const translations: readonly Language[] = languages.slice(1);

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const scaled = (share: number, clusters: readonly Cluster[] = lopsidedUp): Cluster[] =>
  clusters.map((one) => ({ ...one, usd: one.usd * share }));
const stretched = (by: number, clusters: readonly Cluster[] = lopsidedUp): Cluster[] =>
  clusters.map((one) => ({ ...one, at: one.at * by, width: one.width * by }));
const flipped = (clusters: readonly Cluster[]): Cluster[] =>
  clusters.map((one) => ({ ...one, side: one.side === "long" ? "short" : "long" }));
const only = (side: Cluster["side"]): Cluster[] => lopsidedUp.filter((one) => one.side === side);

const venue = (id: string, openInterestUsd: number, over: Partial<VenueShare> = {}): VenueShare => ({
  id,
  status: "fresh",
  ageMs: 4_000,
  openInterestUsd,
  method: "estimated",
  ...over,
});

const fourVenues: readonly VenueShare[] = [
  venue("binanceusdm", 9.1e9),
  venue("bybit", 5.2e9),
  venue("hyperliquid", 3.1e9, { method: "measured" }),
  venue("okx", 3.4e9, { status: "stale", ageMs: 480_000 }),
];

const manyVenues: readonly VenueShare[] = [
  ...["binanceusdm", "bybit", "okx", "bitget", "gate", "hyperliquid", "htx", "kucoinfutures", "mexc"].map(
    (id, i) => venue(id, 9e9 / (i + 1)),
  ),
  ...["bingx", "deribit", "bitmex", "krakenfutures"].map((id) =>
    venue(id, 1e8, { status: "failed", ageMs: null }),
  ),
];

export function mapCase(options: MarketOptions, look: Partial<Look> = {}): MapRequest {
  return { ...sampleMarket(options), look: { ...plainLook, ...look } };
}

const reference: MarketOptions = {
  clusters: lopsidedUp,
  notionalUsd: 1.1e9,
  venues: fourVenues,
  measured: 0.16,
};

function stale(request: MapRequest): MapRequest {
  return { ...request, imbalance: agedImbalance(request.imbalance, sampleTime + 720_000, 180_000) };
}

function thin(request: MapRequest): MapRequest {
  return { ...request, imbalance: { ...request.imbalance, regime: "thin" } };
}

function banded(request: MapRequest): MapRequest {
  const { detail } = request;
  if (detail === undefined) return request;
  const band = [
    [0.005, 0.66, 1.45],
    [0.03, 0.75, 1.3],
    [0.25, 0.84, 1.2],
  ] as const;
  const { downDistanceUsd, upDistanceUsd } = request.imbalance;
  const imbalance = {
    ...request.imbalance,
    downDistanceIntervalUsd: around(downDistanceUsd),
    upDistanceIntervalUsd: around(upDistanceUsd),
  };
  const sides = { long: { ...detail.long, band }, short: { ...detail.short, band } };
  return { ...request, imbalance, detail: { ...detail, ...sides } };
}

function around(distance: number | null) {
  return distance === null ? null : { low: distance * 0.72, high: distance * 1.25 };
}

const withoutDetail = ({ detail: _left, ...request }: MapRequest): MapRequest => request;

function byVenue(request: MapRequest, count = 3): MapRequest {
  const { detail } = request;
  if (detail === undefined) return request;
  const venues = request.imbalance.venues.filter(({ status }) => status === "fresh").map(({ id }) => id);
  const shares = (side: typeof detail.long) => ({
    ...side,
    byVenue: Float32Array.from({ length: side.measured.length * venues.length }, (_, i) => {
      const rank = i % venues.length;
      return rank < count ? (count - rank) / ((count * (count + 1)) / 2) : 0;
    }),
  });
  const split = { ...detail, venues, long: shares(detail.long), short: shares(detail.short) };
  return { ...request, detail: split, stackedBy: "venue" };
}

const priced = (symbol: string, mark: number, share: number): MapRequest =>
  mapCase({ symbol, mark, clusters: scaled(share), notionalUsd: 1.1e9 * share, venues: fourVenues });

const maps: Readonly<Record<string, MapRequest>> = {
  "map dark": mapCase(reference),
  "map light": mapCase(reference, { theme: "light" }),
  "map portrait dark": mapCase(reference, { format: "portrait" }),
  "map portrait light": mapCase(reference, { format: "portrait", theme: "light" }),
  "map down": mapCase({ ...reference, clusters: flipped(lopsidedUp) }),
  "map with bands": banded(mapCase(reference)),
  "map with bands, light": banded(mapCase(reference, { theme: "light" })),
  "map by venue": byVenue(mapCase(reference)),
  "map by nine venues": byVenue(mapCase({ ...reference, venues: manyVenues }), 9),
  "map without detail": withoutDetail(mapCase(reference)),
  "map of thirteen venues": mapCase({ ...reference, venues: manyVenues }),
  "map, callouts close to the price": mapCase({ ...reference, clusters: stretched(0.08) }),
  "map, one callout far": mapCase({
    ...reference,
    clusters: [...only("short"), ...stretched(3.5, only("long"))],
  }),
  "map, distances at the map's edge": mapCase({ ...reference, notionalUsd: 3.9e9 }),
  "map, only shorts": mapCase({ ...reference, clusters: only("short") }),
  "map, only longs": mapCase({ ...reference, clusters: only("long") }, { theme: "light" }),
  "map, one level": mapCase({
    clusters: [{ side: "short", at: 0.02, width: 0.0002, usd: 5e7, leverage: 50 }],
  }),
  "map empty": thin(mapCase({ clusters: [] })),
  "map thin": thin(mapCase({ ...reference, clusters: scaled(0.0001), notionalUsd: 1.1e5 })),
  "map thin, light": thin(
    mapCase({ ...reference, clusters: scaled(0.0001), notionalUsd: 1.1e5 }, { theme: "light" }),
  ),
  "map stale": stale(mapCase(reference)),
  "map stale, portrait": stale(mapCase(reference, { format: "portrait" })),
  "map at $0.00001": priced("1000PEPE", 0.00001234, 0.01),
  "map at $0.0004": priced("SHIB", 0.000412345, 0.004),
  "map at $1": priced("DOGE", 1.0234, 0.1),
  "map at $132": priced("SOL", 132.45, 0.2),
  "map at $3,241": priced("ETH", 3_241.5, 0.6),
  "map at $1,000,000": priced("BTC", 1_000_000, 10),
  "map, long symbol": priced("ABCDEFGHIJKLMNOPQRST", 0.00001234, 0.0001),
  "map, long symbol, portrait": {
    ...priced("ABCDEFGHIJKLMNOPQRST", 0.00001234, 0.0001),
    look: { ...plainLook, format: "portrait" },
  },
  ...Object.fromEntries(
    translations.flatMap((language) => [
      [`map in ${language}`, mapCase(reference, { language })],
      [`map in ${language}, portrait`, mapCase(reference, { language, format: "portrait" })],
    ]),
  ),
};

const { imbalance } = sampleMarket(reference);
const day = { mark: 84_230, columnMs: 300_000, columns: 288, candleMs: 1_200_000, binWidth: 0.001 };
const month = { mark: 84_230, columnMs: hourMs, columns: 720, candleMs: 8 * hourMs, binWidth: 0.0025 };

function heatmap(options: typeof day, look: Partial<Look> = {}): HeatmapRequest {
  const { columnMs, candleMs } = options;
  return {
    symbol: "BTC",
    ...sampleHeat(options),
    columnMs,
    candleMs,
    imbalance,
    look: { ...plainLook, ...look },
  };
}

const partial = heatmap({ ...day, columns: 30, candleMs: 300_000 });

const heatmaps: Readonly<Record<string, HeatmapRequest>> = {
  "heatmap dark": heatmap(day),
  "heatmap light": heatmap(day, { theme: "light" }),
  "heatmap portrait": heatmap(day, { format: "portrait" }),
  "heatmap of 30 days": heatmap(month),
  "heatmap of 30 days, light": heatmap(month, { theme: "light" }),
  "heatmap with a hole": {
    ...heatmap(day),
    columns: heatmap(day).columns.filter((_, i) => i < 90 || i > 140),
  },
  "heatmap just begun": partial,
  "heatmap empty": { ...partial, columns: [], candles: [], liquidations: [] },
  "heatmap at $0.00001": {
    ...heatmap({ ...day, mark: 0.00001234 }),
    symbol: "1000PEPE",
    imbalance: { ...imbalance, symbol: "1000PEPE", markPrice: 0.00001234 },
  },
  ...Object.fromEntries(
    translations.map((language) => [`heatmap in ${language}`, heatmap(day, { language })]),
  ),
};

function ratioAt(hours: number): number {
  return Math.exp(
    0.55 * Math.sin(hours / 13) + 0.32 * Math.sin(hours / 5.1 + 1) + 0.12 * Math.sin(hours * 1.9),
  );
}

function pointsOf(days: number, stepMs: number, band: boolean): HistoryPoint[] {
  return Array.from({ length: Math.floor((days * dayMs) / stepMs) }, (_, i) => {
    const time = sampleTime - days * dayMs + (i + 1) * stepMs;
    const ratio = ratioAt((time - sampleTime) / hourMs);
    const bounds = band
      ? { ratioLow: ratio * 0.8, ratioHigh: ratio * 1.27 }
      : { ratioLow: null, ratioHigh: null };
    return { time, markPrice: 84_230, ratio, ...bounds, notionalUsd: 1.1e9 };
  });
}

function atRatio(ratio: number | null): Imbalance {
  if (ratio === null) return imbalance;
  const regime = ratio >= 1.25 ? "short-squeeze" : ratio <= 0.8 ? "long-flush" : "balanced";
  return { ...imbalance, ratio, regime };
}

function history(days: number, points: readonly HistoryPoint[], look: Partial<Look> = {}): HistoryRequest {
  const alerts = points.flatMap(({ time, ratio }, i): AlertMark[] => {
    const before = points[i - 1]?.ratio ?? 1;
    if (ratio === null || before === null) return [];
    if (ratio >= 2 && before < 2) return [{ time, direction: "up" }];
    return ratio <= 0.5 && before > 0.5 ? [{ time, direction: "down" }] : [];
  });
  return {
    symbol: "BTC",
    from: sampleTime - days * dayMs,
    to: sampleTime,
    points,
    threshold: 2,
    alerts,
    imbalance: atRatio(points.at(-1)?.ratio ?? null),
    look: { ...plainLook, ...look },
  };
}

const week = pointsOf(7, 600_000, true);

const histories: Readonly<Record<string, HistoryRequest>> = {
  "history of 7 days": history(7, week),
  "history of 7 days, light": history(7, week, { theme: "light" }),
  "history by the hour": history(2, pointsOf(2, hourMs, true)),
  "history portrait": history(7, week, { format: "portrait" }),
  "history of 1 day, no band": history(1, pointsOf(1, 60_000, false)),
  "history of 30 days": history(30, thinHistory(pointsOf(30, 60_000, true), (30 * dayMs) / 600)),
  "history with a hole": history(
    7,
    week.filter((_, i) => i < 300 || i > 480),
  ),
  "history, partly reconstructed": history(
    7,
    week.map((point, i) =>
      i < 500 ? { ...point, ratioLow: null, ratioHigh: null, reconstructed: true } : point,
    ),
  ),
  "history of extremes": history(
    7,
    week.map((point) => ({ ...point, ratio: (point.ratio ?? 1) ** 5 })),
  ),
  "history of one point": history(1, week.slice(-1)),
  "history empty": history(7, []),
  ...Object.fromEntries(
    translations.map((language) => [`history in ${language}`, history(7, week, { language })]),
  ),
};

/** Predictions that come `level` times as true, on bands that hold `held` of what they promise. */
function recordingOf(symbol: string, over: Partial<ReliabilityRequest["recordings"][number]> = {}) {
  const level = over.level ?? 1;
  return {
    symbol,
    barMs: hourMs,
    from: sampleTime - 32 * dayMs,
    to: sampleTime,
    intervalMs: hourMs,
    level,
    tenths: Array.from({ length: 10 }, (_, i) => {
      const predictedUsd = 8_000 * 1.9 ** i;
      const realisedUsd = predictedUsd * level * Math.exp(0.3 * Math.sin(4 * i));
      return { cells: 150, predictedUsd, realisedUsd, lowUsd: realisedUsd / 1.6, highUsd: realisedUsd * 1.5 };
    }),
    bandLevels: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((nominal) => ({
      nominal,
      held: nominal + 0.06 * Math.sin(9 * nominal),
    })),
    windows: 128,
    ...over,
  };
}

const withoutWindows = {
  bandLevels: [0.1, 0.5, 0.8].map((nominal) => ({ nominal, held: null })),
  windows: 0,
};

const several = [
  recordingOf("BTC", { level: 0.5 }),
  recordingOf("ETH"),
  recordingOf("BTC", { barMs: 300_000 }),
];
const nothingCame = recordingOf("ABCDEFGHIJKLMNOPQRST").tenths.map((tenth) => ({
  ...tenth,
  realisedUsd: 0,
  lowUsd: 0,
  highUsd: 0,
}));

function reliability(
  recordings: ReliabilityRequest["recordings"],
  look: Partial<Look> = {},
): ReliabilityRequest {
  return { recordings, look: { ...plainLook, ...look } };
}

const reliabilities: Readonly<Record<string, ReliabilityRequest>> = {
  "reliability dark": reliability(several),
  "reliability light": reliability(several, { theme: "light" }),
  "reliability of twelve": reliability(Array.from({ length: 12 }, () => recordingOf("SOL"))),
  "reliability where nothing came": reliability([
    recordingOf("ABCDEFGHIJKLMNOPQRST", { tenths: nothingCame, level: 0, ...withoutWindows }),
  ]),
  ...Object.fromEntries(
    translations.map((language) => [`reliability in ${language}`, reliability(several, { language })]),
  ),
};

export const galleryCases: readonly GalleryCase[] = [
  ...Object.entries(maps).map(([name, request]) => ({ name, drawing: { kind: "map", request } }) as const),
  ...Object.entries(heatmaps).map(
    ([name, request]) => ({ name, drawing: { kind: "heatmap", request } }) as const,
  ),
  ...Object.entries(histories).map(
    ([name, request]) => ({ name, drawing: { kind: "history", request } }) as const,
  ),
  ...Object.entries(reliabilities).map(
    ([name, request]) => ({ name, drawing: { kind: "reliability", request } }) as const,
  ),
];
