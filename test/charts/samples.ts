import { aggregateVenues, toLiquidationMap } from "../../src/model/aggregate.ts";
import { binWidth, logDistance, mapReach } from "../../src/model/grid.ts";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import type { MapDetail, SideDetail } from "../../src/model/detail.ts";
import type { Imbalance, LiquidationMap, Side, VenueShare } from "../../src/model/types.ts";

/** 2026-11-22T13:05:00Z */
export const sampleTime = Date.UTC(2026, 10, 22, 13, 5);

/** Leverage that is liquidated around one distance from the mark. */
export interface Cluster {
  readonly side: Side;
  /** Share of the mark, and its spread. */
  readonly at: number;
  readonly width: number;
  readonly usd: number;
  /** One of `leverages`. */
  readonly leverage: number;
}

export const leverages = [3, 5, 10, 25, 50, 100] as const;

export interface MarketOptions {
  readonly symbol?: string;
  readonly mark?: number;
  readonly clusters: readonly Cluster[];
  readonly notionalUsd?: number;
  readonly venues?: readonly VenueShare[];
  /** Share of it all that was measured. */
  readonly measured?: number;
}

export interface SampleMarket {
  readonly map: LiquidationMap;
  readonly imbalance: Imbalance;
  readonly detail: MapDetail;
}

export const threeVenues: readonly VenueShare[] = [
  { id: "binanceusdm", status: "fresh", ageMs: 4_200, openInterestUsd: 9.1e9, method: "estimated" },
  { id: "bybit", status: "fresh", ageMs: 3_100, openInterestUsd: 5.2e9, method: "estimated" },
  { id: "okx", status: "fresh", ageMs: 2_500, openInterestUsd: 3.4e9, method: "estimated" },
];

/** A market whose map and imbalance come from the model itself, so that they agree with each other. */
export function sampleMarket(options: MarketOptions): SampleMarket {
  const { symbol = "BTC", mark = 84_230, clusters, notionalUsd, venues = threeVenues } = options;
  const sideLevels = (side: Side) => ({
    nearest: binWidth / 2,
    quantities: profileOf(clusters, side).map((usd) => usd / mark),
  });
  const levels = {
    contractType: "linear",
    markPrice: mark,
    long: sideLevels("long"),
    short: sideLevels("short"),
  } as const;
  const input = { id: "all", status: "fresh", ageMs: 4_200, method: "estimated", markPrice: mark } as const;
  const aggregate = aggregateVenues(symbol, sampleTime, [{ ...input, openInterestUsd: 2e10, levels }]);
  const { imbalance } = measureImbalance(aggregate, freshNotionalMemory, {
    episodeOpen: false,
    ...(notionalUsd !== undefined && { notionalUsd }),
  });
  return {
    map: toLiquidationMap(aggregate),
    imbalance: {
      ...imbalance,
      // made of levels that are certain: there is no band
      downDistanceIntervalUsd: null,
      upDistanceIntervalUsd: null,
      venues,
      coverage: 1,
    },
    detail: detailOf(clusters, mark, options.measured ?? 0),
  };
}

/** USD by bin from the mark outwards, with a little grain. */
function profileOf(clusters: readonly Cluster[], side: Side): Float64Array {
  const bins = Math.ceil(logDistance(side, mapReach) / binWidth);
  const usd = new Float64Array(bins);
  for (const cluster of clusters.filter((one) => one.side === side)) {
    const weights = usd.map((_, bin) => weightOf(cluster, bin));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    weights.forEach((weight, bin) => {
      usd[bin] = (usd[bin] ?? 0) + (cluster.usd * weight) / sum;
    });
  }
  return usd;
}

function weightOf({ at, width }: Cluster, bin: number): number {
  const off = ((bin + 0.5) * binWidth - at) / width;
  return Math.exp(-off * off) * (0.55 + 0.45 * grain(bin));
}

function grain(bin: number): number {
  const noise = Math.sin(Math.floor(bin / 3) * 12.9898) * 43_758.5453;
  return noise - Math.floor(noise);
}

const detailBinWidth = 0.002;

/** As the model makes it, from the clusters' own leverage and for three venues. */
function detailOf(clusters: readonly Cluster[], mark: number, measured: number): MapDetail {
  const venues = ["binanceusdm", "bybit", "okx"];
  const side = (which: Side): SideDetail => {
    const bins = Math.ceil(logDistance(which, mapReach) / detailBinWidth);
    const byLeverage = new Float32Array(bins * leverages.length);
    for (let bin = 0; bin < bins; bin += 1) {
      const weights = leverages.map((leverage) =>
        massAt(clusters, which, leverage, (bin + 0.5) * detailBinWidth),
      );
      const sum = weights.reduce((total, weight) => total + weight, 0);
      if (sum > 0)
        byLeverage.set(
          weights.map((weight) => weight / sum),
          bin * leverages.length,
        );
    }
    return {
      measured: new Float32Array(bins).fill(measured),
      byLeverage,
      byVenue: Float32Array.from({ length: bins * venues.length }, (_, i) => [0.5, 0.3, 0.2][i % 3] ?? 0),
      band: [],
    };
  };
  const common = { time: sampleTime, markPrice: mark, binWidth: detailBinWidth, leverages, venues };
  return { ...common, long: side("long"), short: side("short") };
}

function massAt(clusters: readonly Cluster[], side: Side, leverage: number, distance: number): number {
  return clusters
    .filter((one) => one.side === side && one.leverage === leverage)
    .reduce(
      (sum, { at, width, usd }) => sum + (usd / width) * Math.exp(-(((distance - at) / width) ** 2)),
      0,
    );
}

const cluster = (side: Side, at: number, width: number, usd: number, leverage: number): Cluster => ({
  side,
  at,
  width,
  usd,
  leverage,
});

/** As in the specification: shorts crowd nearer. */
export const lopsidedUp: readonly Cluster[] = [
  cluster("short", 0.006, 0.003, 0.9e9, 100),
  cluster("short", 0.017, 0.006, 1.1e9, 50),
  cluster("short", 0.045, 0.012, 1.4e9, 25),
  cluster("short", 0.09, 0.03, 1.6e9, 10),
  cluster("short", 0.17, 0.04, 1.2e9, 5),
  cluster("long", 0.011, 0.004, 0.25e9, 100),
  cluster("long", 0.024, 0.005, 0.6e9, 50),
  cluster("long", 0.043, 0.006, 0.7e9, 25),
  cluster("long", 0.08, 0.02, 1.1e9, 10),
  cluster("long", 0.18, 0.05, 1.3e9, 3),
];
