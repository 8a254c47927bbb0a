import type { Estimate } from "../../model/score/bootstrap.ts";
import type { BandCoverage } from "../../model/score/coverage.ts";
import type { ModelName } from "../../model/score/contract.ts";
import type { ModelScore } from "../../model/score/score.ts";
import type { AlertRate } from "./alertRate.ts";
import type { ScoredGroup } from "./evaluate.ts";

const minuteMs = 60_000;

const labels: Readonly<Record<ModelName, string>> = {
  stack: "stack, learned weights",
  "live-stack": "stack, as it runs live",
  "prior-stack": "stack, prior weights",
  filter: "cohort filter alone",
  "path-only": "price path only, same stack",
  "decayed-change": "decayed ΔOI, survivors (B2)",
  "signed-change": "signed ΔOI",
  template: "static template",
  kernel: "distance kernel",
  uniform: "uniform",
  "reach-power": "reach^γ (B_pow)",
  "reach-glm": "GLM of reach",
};

const columns = [
  "model",
  "skill vs B_pow",
  "skill vs B2",
  "vs price path",
  "beyond GLM_reach",
  "6 h sign",
  "6 h slope",
  "6 h corr.",
  "6 h partial",
  "24 h sign",
  "24 h slope",
  "Spearman",
] as const;

/** One table a group: each figure with its 90 % day-block interval. */
export function renderScores(groups: readonly ScoredGroup[]): string {
  return groups.map(renderGroup).join("\n");
}

function renderGroup(group: ScoredGroup): string {
  const title = `${group.barMs / minuteMs} min bars: ${group.symbols.join(", ")}; ${group.scoredDays} days, ${group.scoredCells} cells`;
  return [title, "", ...align([columns, ...group.models.map(rowOf)]), "", ...notesOf(group), ""].join("\n");
}

function rowOf(score: ModelScore): readonly string[] {
  const { skillVs, skew6h, skew24h } = score;
  return [
    labels[score.model],
    withInterval(skillVs["reach-power"]),
    withInterval(skillVs["decayed-change"]),
    withInterval(skillVs["path-only"]),
    score.beyondReach === null ? "" : withInterval(score.beyondReach),
    withInterval(skew6h.sign),
    withInterval(skew6h.slope),
    withInterval(skew6h.correlation),
    withInterval(skew6h.partialCorrelation),
    withInterval(skew24h.sign),
    withInterval(skew24h.slope),
    figure(score.spearman),
  ];
}

function notesOf(group: ScoredGroup): string[] {
  const levels = group.levelByDistance.flatMap(({ from, ratio, cells }) =>
    ratio === null ? [] : [`${reachLabel(from)}: ${ratio.toFixed(2)} (${cells})`],
  );
  const contracts = group.contracts.map(
    ({ symbol, realisedShare, weights }) =>
      `${symbol} ${percent(realisedShare)}, weights ${weights.map((weight) => weight.toFixed(2)).join(" ")}`,
  );
  return [
    `realised / predicted by reach (cells): ${levels.join(", ")}`,
    `reported share of the fuel: ${contracts.join("; ")}`,
    `alerts: ${Object.entries(group.alerts).map(alertsOf).join("; ")}`,
    `80 % bands of ln(short/long) over 6 h: ${group.bands.map(bandOf).join("; ")}`,
    `lean against the return of the next 24 h: correlation ${withInterval(group.laterReturn)}`,
  ];
}

function bandOf({ symbol, windows, covered, halves, halfWidth }: BandCoverage): string {
  const [earlier, later] = halves.map(percent);
  return `${symbol} ±${figure(halfWidth)} held ${percent(covered)} of ${windows} (earlier half ${earlier}, later ${later})`;
}

function alertsOf([symbol, { perDay, flapRate }]: [string, AlertRate]): string {
  return `${symbol} ${perDay.toFixed(2)} a day, ${percent(flapRate)} flapping`;
}

function withInterval({ value, low, high }: Estimate): string {
  if (!Number.isFinite(value)) return "–";
  return value === low && value === high
    ? figure(value)
    : `${figure(value)} [${figure(low)}, ${figure(high)}]`;
}

function figure(value: number): string {
  return Number.isFinite(value)
    ? value
        .toFixed(2)
        .replace("-0.00", "0.00")
        .replace(/^(-?)0\./, "$1.")
    : "–";
}

/** Cells that price reached nothing in are apart from those it hardly reached. */
function reachLabel(from: number): string {
  if (from === 0) return "none";
  return from < 1e-6 ? "above none" : `from ${percent(from)}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** Columns as wide as their widest figure; two spaces between. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
