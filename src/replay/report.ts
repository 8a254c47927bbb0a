import type { Recording } from "./recording.ts";
import type { Decision } from "../model/calibration/gate.ts";
import type { ReplaySummary } from "./replay.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Lines named before "and n more". */
const mostNamed = 10;

/** What somebody who trusts a recording should know about it; nothing when it is flawless. */
export function recordingNotes(recording: Recording): readonly string[] {
  const { path, badRows, duplicates, outOfOrder, gaps } = recording;
  const missing = gaps.reduce((sum, gap) => sum + gap.missingBars, 0);
  return [
    ...section(
      `${path}: ${count(badRows.length, "bad row")} left out`,
      badRows.map(({ line, reason }) => `line ${line}: ${reason}`),
    ),
    ...section(
      `${path}: ${count(gaps.length, "gap")}, ${count(missing, "bar")} missing`,
      gaps.map(({ from, to, missingBars }) => `${iso(from)} to ${iso(to)}: ${count(missingBars, "bar")}`),
    ),
    ...(duplicates > 0
      ? [`${path}: ${count(duplicates, "row")} left out that repeat the time of another`]
      : []),
    ...(outOfOrder > 0 ? [`${path}: ${count(outOfOrder, "row")} out of order, sorted in`] : []),
  ];
}

/** How a replay went, in one line, and what the model did not believe. */
export function summaryNotes(symbol: string, summary: ReplaySummary, tookMs: number): readonly string[] {
  const { bars, firings, watchedMs, frozen, weights } = summary;
  const days = watchedMs / dayMs;
  const rate = days > 0 ? ` in ${days.toFixed(1)} days, ${(firings / days).toFixed(2)} a day` : "";
  const head = `${symbol}: ${count(bars, "bar")}, ${count(firings, "alert")}${rate} (${(tookMs / 1000).toFixed(1)} s)`;
  const disbelieved = [...frozen].map(([reason, times]) => `${count(times, "bar")} not believed: ${reason}`);
  const changes = weights.map((decision) => `  ${describeDecision(decision)}`);
  return [
    head,
    ...(watchedMs === 0 ? [tooShort] : []),
    ...disbelieved.map((line) => `  ${line}`),
    ...changes,
  ];
}

function describeDecision({ kind, day, skill }: Decision): string {
  const date = new Date(day * dayMs).toISOString().slice(0, 10);
  return kind === "dropped"
    ? `${date}: learned weights are no longer better than the prior's, which are used again`
    : `${date}: weights learned from liquidations are used from here on (skill over the prior's ${skill.toFixed(3)})`;
}

const tooShort = "  no alerts are possible in the first two days, in which the model settles";

export function describeBars({ bars, intervalMs }: Recording): string {
  const first = bars[0]?.openTime ?? 0;
  const last = (bars.at(-1)?.openTime ?? 0) + intervalMs;
  return `${count(bars.length, "bar")} of ${intervalMs / minuteMs} min, ${iso(first)} to ${iso(last)}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > mostNamed ? [`  and ${lines.length - mostNamed} more`] : [];
  return [title, ...lines.slice(0, mostNamed).map((line) => `  ${line}`), ...more];
}

const iso = (time: number): string => new Date(time).toISOString().replace(":00.000Z", "Z");
const count = (number: number, what: string): string =>
  `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
