import type { Crowd } from "./crowd.ts";
import { createTable } from "./table.ts";

/** The venues' statistics are taken every five minutes, at the close of the bar. */
export const sampleMs = 300_000;
const fundingMs = 8 * 3_600_000;
const keptFundings = 200;

/** Positioning at an instant; quantities in base units, one side. */
export interface Sample {
  readonly time: number;
  readonly openInterest: number;
  readonly markPrice: number;
  /** Long accounts over short accounts. */
  readonly accountRatio: number;
  /** Long over short among large positions. */
  readonly topPositionRatio: number;
}

export interface Funding {
  readonly time: number;
  readonly rate: number;
  readonly markPrice: number;
}

export interface Statistics {
  readonly take: (time: number, markPrice: number) => void;
  /** Times in [from, to), oldest first. */
  readonly samples: (from: number, to: number) => readonly Sample[];
  readonly fundings: () => readonly Funding[];
  /** Of the period that runs, and when it is settled after `time`. */
  readonly fundingRate: () => number;
  readonly nextFunding: (time: number) => number;
}

const names = ["time", "openInterest", "markPrice", "accountRatio", "topPositionRatio"] as const;

/** What a venue publishes about its crowd. */
export function createStatistics(crowd: Crowd, lotSize: number, capacity: number): Statistics {
  const table = createTable(names, capacity);
  let fundings: readonly Funding[] = [];
  let rate = 0.0001;

  const take: Statistics["take"] = (time, markPrice) => {
    const long = crowd.side("long").lots;
    const short = crowd.side("short").lots;
    table.append({
      time,
      openInterest: crowd.openInterest() * lotSize,
      markPrice,
      accountRatio: ratio(long.accounts(), short.accounts()),
      topPositionRatio: ratio(long.large(), short.large()),
    });
    rate = fundingFor((long.total() - short.total()) / crowd.openInterest());
    if (time % fundingMs === 0) fundings = [...fundings.slice(-keptFundings), { time, rate, markPrice }];
  };

  const sampleAt = (row: number): Sample => ({
    time: table.get(row, "time"),
    openInterest: table.get(row, "openInterest"),
    markPrice: table.get(row, "markPrice"),
    accountRatio: table.get(row, "accountRatio"),
    topPositionRatio: table.get(row, "topPositionRatio"),
  });
  const samples: Statistics["samples"] = (from, to) => {
    const first = table.get(0, "time");
    const rowOf = (time: number): number =>
      Math.min(table.length(), Math.max(0, Math.ceil((time - first) / sampleMs)));
    const start = rowOf(from);
    return Array.from({ length: Math.max(0, rowOf(to) - start) }, (_, index) => sampleAt(start + index));
  };

  return {
    take,
    samples,
    fundings: () => fundings,
    fundingRate: () => rate,
    nextFunding: (time) => (Math.floor(time / fundingMs) + 1) * fundingMs,
  };
}

const ratio = (long: number, short: number): number => (long + 1) / (short + 1);

/** Longs pay where leverage leans long; eight digits, as venues publish it. */
function fundingFor(lean: number): number {
  return Number(Math.max(-0.003, Math.min(0.003, 0.0001 + 0.0015 * lean)).toFixed(8));
}
