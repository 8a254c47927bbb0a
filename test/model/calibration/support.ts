import {
  createCalibration,
  noteReport,
  type Calibration,
  type SideReport,
} from "../../../src/model/calibration/calibration.ts";
import type { Decision } from "../../../src/model/calibration/gate.ts";
import { createRandom } from "../../../src/sim/random.ts";
import { priorWeights } from "../../../src/model/stack.ts";

export const dayMs = 86_400_000;
const hourMs = 3_600_000;
const firstDay = 20_000;

/** Weights of a market that is made of one part and the filter, half and half. */
export function halfOf(part: number): readonly number[] {
  return priorWeights.map((_, j) => (j === part ? 0.5 : j === 0 ? 0.5 : 0));
}

export interface MarketOptions {
  readonly seed: number;
  readonly days: number;
  /** Shares of the parts in what is liquidated; of later days by day. */
  readonly truth: (day: number) => readonly number[];
  readonly stepMs?: number;
}

/** Hourly reports of both sides whose mean is a tenth of the parts mixed by `truth`, and some more. */
export function marketReports({ seed, days, truth, stepMs = hourMs }: MarketOptions): SideReport[] {
  const random = createRandom(seed);
  const reports: SideReport[] = [];
  for (let time = 0; time < days * dayMs; time += stepMs) {
    const shares = truth(Math.floor(time / dayMs));
    for (const side of ["long", "short"] as const) {
      const fuelUsd = priorWeights.map(() => 1e6 * random.exponential());
      const fuel = fuelUsd.reduce((sum, mass, j) => sum + mass * (shares[j] ?? 0), 0);
      const liquidatedUsd = (0.1 * fuel + 2000) * random.exponential();
      reports.push({ time: firstDay * dayMs + time, side, liquidatedUsd, fuelUsd });
    }
  }
  return reports;
}

export function take(
  reports: readonly SideReport[],
  into = createCalibration(),
): { calibration: Calibration; decisions: Decision[] } {
  const decisions = reports.flatMap((report) => noteReport(into, report) ?? []);
  return { calibration: into, decisions };
}

/** The first moment of the day after: closes the last one. */
export function nextDay(days: number): SideReport {
  return {
    time: (firstDay + days) * dayMs,
    side: "long",
    liquidatedUsd: 0,
    fuelUsd: priorWeights.map(() => 0),
  };
}
