import { priorWeights } from "../stack.ts";
import type { LearnedWeights, Side } from "../types.ts";
import { devianceOf, fitWeights, inOwnMoney, keptAfter } from "./fit.ts";
import {
  extendRecord,
  judge,
  noRecord,
  skillOf,
  type Candidate,
  type Contest,
  type Decision,
} from "./gate.ts";
import { addToOpen, closeHour, createRows, dayOfHour, openHour, sampleOf, type Rows } from "./rows.ts";

/**
 * What a symbol learns from liquidations while it runs: the weights of its stack. All contracts that report are taken
 * together. Only `noteReport` and `useLearned` change it; the same reports lead to the same weights.
 */
export interface Calibration {
  readonly rows: Rows;
  contest: Contest;
  /** What maps are made with: the contest's own, except while they must not move. */
  used: readonly number[];
}

/** What a contract reported of one side over a stretch of time, and what its map had there. */
export interface SideReport {
  /** Epoch ms at which the stretch began; its hour and day are those it counts for. */
  readonly time: number;
  readonly side: Side;
  readonly liquidatedUsd: number;
  /** (S_1/S_j) X_j between the price before and the price reached, in USD, part by part. */
  readonly fuelUsd: readonly number[];
}

export function createCalibration(): Calibration {
  return {
    rows: createRows(),
    contest: { learned: undefined, candidate: undefined },
    used: priorWeights,
  };
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** No hour of any contract held or lost more: such a figure is an error. */
const mostUsd = 1e12;

/**
 * Takes in a report. One whose hour is over, or whose figures can't be, is left out. With the first report of a UTC
 * day the day before is judged: what was decided then, else undefined.
 */
export function noteReport(calibration: Calibration, report: SideReport): Decision | undefined {
  const { rows } = calibration;
  const figures = [...report.fuelUsd, report.liquidatedUsd];
  const hour = Math.floor(report.time / hourMs);
  const sound =
    figures.length === priorWeights.length + 1 && figures.every((usd) => usd >= 0 && usd <= mostUsd);
  if (!sound || !Number.isSafeInteger(hour) || hour < Math.max(0, rows.newest)) return undefined;
  const ended = rows.newest >= 0 && dayOfHour(hour) > dayOfHour(rows.newest);
  let decision: Decision | undefined;
  if (hour > rows.newest) {
    closeHour(rows);
    if (ended) decision = closeDay(calibration, dayOfHour(rows.newest), dayOfHour(hour));
    openHour(rows, hour);
  }
  addToOpen(rows, report.side, figures);
  return decision;
}

/** Lets maps use what is learned, or goes back to the prior; true where that is another than before. */
export function useLearned(calibration: Calibration): boolean {
  const weights = calibration.contest.learned?.weights ?? priorWeights;
  const changed = weights.some((weight, j) => weight !== calibration.used[j]);
  calibration.used = weights;
  return changed;
}

/** Two days of hours, both sides: fewer say nothing about a level, a background and five shares. */
const leastCells = 96;

/** Scores the day that ended by what was known before it, judges, and fits another candidate where there is none. */
function closeDay(calibration: Calibration, ended: number, today: number): Decision {
  const known = sampleOf(calibration.rows, 0, ended + 1);
  const scored = scoreDay(calibration, ended);
  const { decision, learned, candidate } = judge(scored, today);
  const weights = Float64Array.from(known.day, (day) => keptAfter(ended - day));
  const next =
    candidate ??
    (known.count >= leastCells ? freshCandidate(fitWeights({ ...known, weights }), today) : undefined);
  calibration.contest = { learned, candidate: next };
  return decision;
}

function freshCandidate(weights: readonly number[] | undefined, since: number): Candidate | undefined {
  if (weights === undefined) return undefined;
  return { weights, since, days: 0, againstPrior: noRecord, againstCurrent: noRecord };
}

function scoreDay({ rows, contest }: Calibration, day: number): Contest {
  const { learned, candidate } = contest;
  const past = sampleOf(rows, 0, day);
  const own = inOwnMoney(sampleOf(rows, 0, day + 1));
  const none = learned === undefined && candidate === undefined;
  if (none || own === undefined || past.count < leastCells || own.count === past.count) return contest;
  // both in one unit of money; the day's cells are the last
  const before = { ...own, count: past.count };
  const after = { ...own, y: own.y.subarray(past.count), x: own.x.subarray(past.count * own.width) };
  const today = { ...after, count: own.count - past.count };
  const prior = devianceOf(priorWeights, before, today);
  const current = learned === undefined ? prior : devianceOf(learned.weights, before, today);
  return {
    learned: learned && { ...learned, againstPrior: extendRecord(learned.againstPrior, prior, current) },
    candidate:
      candidate &&
      extendCandidate(candidate, { prior, current, own: devianceOf(candidate.weights, before, today) }),
  };
}

function extendCandidate(
  candidate: Candidate,
  { prior, current, own }: { readonly prior: number; readonly current: number; readonly own: number },
): Candidate {
  return {
    ...candidate,
    days: candidate.days + 1,
    againstPrior: extendRecord(candidate.againstPrior, prior, own),
    againstCurrent: extendRecord(candidate.againstCurrent, current, own),
  };
}

/** Since when maps are made with weights that were learned, and what they are worth; undefined: the prior's. */
export function learnedOf({ contest, used }: Calibration): LearnedWeights | undefined {
  const { learned } = contest;
  if (learned?.weights.every((weight, j) => weight === used[j]) !== true) return undefined;
  return { since: learned.since * dayMs, skill: skillOf(learned.againstPrior) };
}
