import { setImmediate as breathe } from "node:timers/promises";
import type { AlertRule } from "../../alerts/decision.ts";
import type { RealisedTotal } from "../../model/score/cells.ts";
import { predictContract, type Predictions } from "../../model/score/contract.ts";
import { scoreGroup, type GroupScore } from "../../model/score/score.ts";
import { bracketsOf } from "../../poller/bracketTable.ts";
import { usualStep } from "../../replay/order.ts";
import { readRecording, recordingPaths, type Recording } from "../../replay/recording.ts";
import { symbolOf } from "../../replay/symbolOf.ts";
import { createRandom } from "../../sim/random.ts";
import { measureAlertRate, type AlertRate } from "./alertRate.ts";

/** Contracts whose bars are of one length. */
export interface ScoredGroup extends GroupScore {
  readonly barMs: number;
  /** Of the rule in force, by symbol. */
  readonly alerts: Readonly<Record<string, AlertRate>>;
}

export interface Evaluation {
  readonly groups: readonly ScoredGroup[];
  /** Why a file was not scored. */
  readonly skipped: readonly string[];
}

/** The same draws on every run: two runs over the same files print the same table. */
const seed = 20240620;

export interface EvaluateOptions {
  readonly path: string;
  readonly rule: AlertRule;
  readonly onFile: (file: string) => void;
}

/** Scores every recording under `path` that has liquidations; those of one bar length together. */
export async function evaluatePath({ path, rule, onFile }: EvaluateOptions): Promise<Evaluation> {
  const byLength = new Map<number, Evaluated[]>();
  const skipped: string[] = [];
  for (const file of await recordingPaths(path)) {
    onFile(file);
    await breathe();
    const recording = await readRecording(file);
    const predicted = predict(recording);
    if (typeof predicted === "string") {
      skipped.push(`${file}: ${predicted}`);
      continue;
    }
    const { symbol } = predicted;
    const alerts = await measureAlertRate(recording, symbol, bracketsOf(symbol), rule);
    const others = byLength.get(recording.intervalMs) ?? [];
    byLength.set(recording.intervalMs, [...others, { predicted, alerts }]);
  }
  const groups = [...byLength].toSorted(([a], [b]) => b - a);
  return { skipped, groups: groups.map(([barMs, evaluated]) => scoreTogether(barMs, evaluated)) };
}

interface Evaluated {
  readonly predicted: Predictions;
  readonly alerts: AlertRate;
}

function scoreTogether(barMs: number, evaluated: readonly Evaluated[]): ScoredGroup {
  const predictions = evaluated.map(({ predicted }) => predicted);
  return {
    barMs,
    ...scoreGroup(predictions, createRandom(seed).next),
    alerts: Object.fromEntries(evaluated.map(({ predicted, alerts }) => [predicted.symbol, alerts])),
  };
}

/** A recording needs this much: ten days come before the first that is scored. */
const leastDays = 12;
const dayMs = 86_400_000;

function predict(recording: Recording): Predictions | string {
  const { path, bars, intervalMs } = recording;
  const symbol = symbolOf(path);
  if (symbol === undefined) return "its name has no symbol";
  const days = (bars.length * intervalMs) / dayMs;
  if (days < leastDays) return `${days.toFixed(1)} days are too few, ${leastDays} are needed`;
  const totals = totalsOf(recording);
  if (totals.length === 0) return "no liquidations to score against";
  const spec = {
    venue: "binanceusdm",
    symbol,
    market: `${symbol}/USDT:USDT`,
    contractType: "linear",
    intervalMs,
    riskTiers: bracketsOf(symbol),
    liquidationFeeRate: 0,
  } as const;
  const totalsIntervalMs = recording.liquidations === undefined ? intervalMs : usualStep(totals);
  if (totalsIntervalMs === undefined || totalsIntervalMs % intervalMs !== 0)
    return "its liquidations have no interval";
  return predictContract({ spec, bars, totals, totalsIntervalMs });
}

/** From the file beside it, or from the bars themselves. */
function totalsOf({ liquidations, bars }: Recording): RealisedTotal[] {
  const rows = (liquidations ?? bars).map(({ openTime, longLiquidations, shortLiquidations }) => ({
    openTime,
    longLiquidations,
    shortLiquidations,
  }));
  return rows.filter((row) => row.longLiquidations !== undefined || row.shortLiquidations !== undefined);
}
