import type { Bar, SeriesSpec } from "../types.ts";
import { kernelMap, templateMap, uniformMap } from "./baselines.ts";
import { collectCells, type Cells, type RealisedTotal } from "./cells.ts";
import { changeMap } from "./changeMap.ts";
import { informedDesign, levelForecast, powerForecast, reachDesign } from "./designs.ts";
import { asStack, ownMap, pathOnlyMap } from "./ownMap.ts";
import type { Fit } from "./negBin.ts";
import { learnLive } from "./liveWeights.ts";
import { walkForward } from "./walk.ts";
import { learnWeights, stackFuel } from "./weights.ts";

/** Everything that is scored, in the order of the table. */
export const modelNames = [
  "stack",
  "live-stack",
  "prior-stack",
  "filter",
  "path-only",
  "decayed-change",
  "signed-change",
  "template",
  "kernel",
  "uniform",
  "reach-power",
  "reach-glm",
] as const;

export type ModelName = (typeof modelNames)[number];

/** One recorded contract. */
export interface Contract {
  readonly spec: SeriesSpec;
  readonly bars: readonly Bar[];
  readonly totals: readonly RealisedTotal[];
  /** Of the totals, at least the bars'. */
  readonly totalsIntervalMs: number;
}

/** What was predicted of a contract, each day from the days before it. */
export interface Predictions {
  readonly symbol: string;
  readonly cells: Cells;
  readonly means: Readonly<Record<ModelName, Float64Array>>;
  /** Of the reach GLM with that model's figure added; those that know reach only have none. */
  readonly informedMeans: Readonly<Partial<Record<ModelName, Float64Array>>>;
  /** ln(short/long) near the price at each interval's end, on both of its cells. */
  readonly lean: Float64Array;
  /** What each day of the stack was predicted with. */
  readonly dayWeights: ReadonlyMap<number, readonly number[]>;
  readonly fits: ReadonlyMap<number, Fit>;
  /** Last fitted level of the stack: the share of its fuel that was reported as liquidated. */
  readonly level: number;
  readonly weights: readonly number[];
}

export function predictContract({ spec, bars, totals, totalsIntervalMs }: Contract): Predictions {
  const { intervalMs } = spec;
  const models = {
    leading: ownMap(spec),
    path: pathOnlyMap(spec),
    "decayed-change": changeMap({ intervalMs, opensOn: "both-sides" }),
    "signed-change": changeMap({ intervalMs, opensOn: "candle-colour" }),
    template: templateMap(spec),
    kernel: kernelMap(),
    uniform: uniformMap(),
  };
  const cells = collectCells({ bars, totals, intervalMs: totalsIntervalMs, models });
  const first = (name: keyof typeof models) => cells.fuel[name]?.[0] ?? new Float64Array(cells.count);
  const own = asStack(cells.fuel["leading"] ?? []);
  const path = asStack(cells.fuel["path"] ?? []);
  const weights = learnWeights(cells, own);
  const fuels: Fuels = {
    stack: stackFuel(cells, own, weights),
    "live-stack": stackFuel(cells, own, learnLive(cells, own)),
    "prior-stack": stackFuel(cells, own, new Map()),
    filter: own[0] ?? new Float64Array(cells.count),
    "path-only": stackFuel(cells, path, learnWeights(cells, path)),
    "decayed-change": first("decayed-change"),
    "signed-change": first("signed-change"),
    template: first("template"),
    kernel: first("kernel"),
    uniform: first("uniform"),
  };
  const forecast = forecastAll(cells, fuels);
  const [level = 0] = [...forecast.stackFits.values()].at(-1)?.theta ?? [];
  return {
    symbol: spec.symbol,
    cells,
    means: forecast.means,
    informedMeans: forecast.informedMeans,
    lean: leanOf(stackFuel(cells, asStack(cells.ahead), weights)),
    level,
    dayWeights: weights,
    fits: forecast.stackFits,
    weights: [...weights.values()].at(-1) ?? [],
  };
}

type Fuels = Readonly<Record<Exclude<ModelName, "reach-power" | "reach-glm">, Float64Array>>;

function forecastAll(cells: Cells, fuels: Fuels) {
  const levels = mapFuels(fuels, (fuel) => levelForecast(cells, fuel));
  const informed = mapFuels(fuels, (fuel, name) =>
    walkForward(cells, informedDesign(cells, fuel, levels[name])),
  );
  return {
    means: {
      ...mapFuels(levels, ({ mean }) => mean),
      "reach-power": powerForecast(cells).mean,
      "reach-glm": walkForward(cells, reachDesign(cells)).mean,
    },
    informedMeans: mapFuels(informed, ({ mean }) => mean),
    stackFits: levels.stack.fits,
  };
}

function mapFuels<From, To>(
  from: Readonly<Record<keyof Fuels, From>>,
  as: (value: From, name: keyof Fuels) => To,
): Record<keyof Fuels, To> {
  return {
    stack: as(from.stack, "stack"),
    "live-stack": as(from["live-stack"], "live-stack"),
    "prior-stack": as(from["prior-stack"], "prior-stack"),
    filter: as(from.filter, "filter"),
    "path-only": as(from["path-only"], "path-only"),
    "decayed-change": as(from["decayed-change"], "decayed-change"),
    "signed-change": as(from["signed-change"], "signed-change"),
    template: as(from.template, "template"),
    kernel: as(from.kernel, "kernel"),
    uniform: as(from.uniform, "uniform"),
  };
}

function leanOf(near: Float64Array): Float64Array {
  return near.map((_, cell) => {
    const [long = NaN, short = NaN] = near.subarray(cell - (cell % 2), cell - (cell % 2) + 2);
    return Math.log(short / long);
  });
}
