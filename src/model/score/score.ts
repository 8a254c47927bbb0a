import { bootstrapDays, type Estimate } from "./bootstrap.ts";
import { coverageOf, type BandCoverage } from "./coverage.ts";
import { modelNames, type ModelName, type Predictions } from "./contract.ts";
import { levelsByDistance, type DistanceLevel } from "./levelRatio.ts";
import { deviance } from "./negBin.ts";
import { scoreReturns } from "./returns.ts";
import { scoreSkew, type SkewScore } from "./skew.ts";
import { reliabilityOf, type Reliability } from "./reliability.ts";
import { rankCorrelation } from "./statistics.ts";
import { scoredCells } from "./walk.ts";

/** r at which deviances are compared: about what fits liquidations; the models' own would flatter the worse. */
const sizeOfComparison = 0.4;

export interface ModelScore {
  readonly model: ModelName;
  /** 1 − deviance / deviance of the reference. */
  readonly skillVs: Readonly<Record<ModelName, Estimate>>;
  /** Deviance that adding the model to GLM_reach saves; null for those that know reach only. */
  readonly beyondReach: Estimate | null;
  readonly spearman: number;
  readonly skew6h: SkewScore;
  readonly skew24h: SkewScore;
}

/** Contracts of one interval, scored together. */
export interface GroupScore {
  readonly symbols: readonly string[];
  readonly scoredDays: number;
  /** Intervals × sides with known liquidations. */
  readonly scoredCells: number;
  readonly models: readonly ModelScore[];
  /** Of the stack. */
  readonly levelByDistance: readonly DistanceLevel[];
  /** Of the stack's bands, by contract. */
  readonly bands: readonly BandCoverage[];
  /** Correlation of the stack's ln(short/long) within 2 % with the return of the next 24 h. */
  readonly laterReturn: Estimate;
  /** Of the stack, by contract. */
  readonly reliability: readonly Reliability[];
  readonly contracts: readonly {
    readonly symbol: string;
    /** Share of the stack's consumed fuel that was reported, thousands per thousand USD. */
    readonly realisedShare: number;
    readonly weights: readonly number[];
  }[];
}

/** `random` is uniform in [0, 1) and drives the bootstrap only. */
export function scoreGroup(predictions: readonly Predictions[], random: () => number): GroupScore {
  const dayIndex = scoredDays(predictions);
  const days = dayIndex.size;
  const deviances = new Map(modelNames.map((name) => [name, byDay(predictions, dayIndex, meansOf(name))]));
  const of = (name: ModelName) => deviances.get(name) ?? new Float64Array(days);
  const skill = (own: Float64Array, reference: Float64Array): Estimate =>
    bootstrapDays(days, (drawn) => 1 - weighted(own, drawn) / weighted(reference, drawn), random);
  const models = modelNames.map((model): ModelScore => {
    const informed = predictions.flatMap((contract) => contract.informedMeans[model] ?? []);
    const skews = predictions.map((contract) => ({
      cells: contract.cells,
      mean: contract.means[model],
      reachMean: contract.means["reach-power"],
    }));
    return {
      model,
      skillVs: againstAll((reference) => skill(of(model), of(reference))),
      beyondReach:
        informed.length < predictions.length
          ? null
          : skill(
              byDay(predictions, dayIndex, (_, i) => informed[i]),
              of("reach-glm"),
            ),
      spearman: spearmanOf(predictions, model),
      skew6h: scoreSkew(skews, 6, dayIndex, random),
      skew24h: scoreSkew(skews, 24, dayIndex, random),
    };
  });
  return {
    symbols: predictions.map(({ symbol }) => symbol),
    scoredDays: days,
    scoredCells: predictions.reduce((sum, contract) => sum + scoredOf(contract).length, 0),
    models,
    levelByDistance: levelsByDistance(predictions),
    bands: predictions.map(coverageOf),
    laterReturn: scoreReturns(predictions, dayIndex, random),
    reliability: predictions.map((contract) => reliabilityOf(contract, random)),
    contracts: predictions.map(({ symbol, level, weights }) => ({ symbol, realisedShare: level, weights })),
  };
}

type MeanOf = (contract: Predictions, index: number) => Float64Array | undefined;

function meansOf(name: ModelName): MeanOf {
  return (contract) => contract.means[name];
}

/** Cells that every model predicted. */
function scoredOf({ cells, means }: Predictions): number[] {
  return scoredCells(cells, means.stack);
}

/** UTC days in which anything is scored, numbered. */
function scoredDays(predictions: readonly Predictions[]): Map<number, number> {
  const days = predictions.flatMap((contract) =>
    scoredOf(contract).map((cell) => contract.cells.firstDay + (contract.cells.day[cell] ?? 0)),
  );
  const ordered = [...new Set(days)].toSorted((a, b) => a - b);
  return new Map(ordered.map((day, index) => [day, index]));
}

function byDay(
  predictions: readonly Predictions[],
  dayIndex: ReadonlyMap<number, number>,
  meanOf: MeanOf,
): Float64Array {
  const sums = new Float64Array(dayIndex.size);
  predictions.forEach((contract, i) => {
    const { cells } = contract;
    const mean = meanOf(contract, i);
    for (const cell of scoredOf(contract)) {
      const day = dayIndex.get(cells.firstDay + (cells.day[cell] ?? 0)) ?? 0;
      sums[day] =
        (sums[day] ?? 0) + deviance(cells.realised[cell] ?? NaN, mean?.[cell] ?? NaN, sizeOfComparison);
    }
  });
  return sums;
}

function weighted(sums: Float64Array, drawn: Int32Array): number {
  return sums.reduce((total, sum, day) => total + sum * (drawn[day] ?? 0), 0);
}

function againstAll(of: (reference: ModelName) => Estimate): Record<ModelName, Estimate> {
  return {
    stack: of("stack"),
    "live-stack": of("live-stack"),
    "prior-stack": of("prior-stack"),
    filter: of("filter"),
    "path-only": of("path-only"),
    "decayed-change": of("decayed-change"),
    "signed-change": of("signed-change"),
    template: of("template"),
    kernel: of("kernel"),
    uniform: of("uniform"),
    "reach-power": of("reach-power"),
    "reach-glm": of("reach-glm"),
  };
}

/** Mean over contracts of the rank correlation, cell by cell. */
function spearmanOf(predictions: readonly Predictions[], model: ModelName): number {
  const each = predictions.map((contract) => {
    const cells = scoredOf(contract);
    const realised = Float64Array.from(cells, (cell) => contract.cells.realised[cell] ?? NaN);
    return rankCorrelation(
      realised,
      Float64Array.from(cells, (cell) => contract.means[model][cell] ?? NaN),
    );
  });
  return each.reduce((sum, correlation) => sum + correlation, 0) / each.length;
}
