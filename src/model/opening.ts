import type { Book } from "./book.ts";
import { binCount, firstUncrossed } from "./grid.ts";
import type { BarSpan } from "./path.ts";
import { triggerOffset, type TriggerTable } from "./triggers.ts";

/**
 * New positions enter triangularly over [low, high] with the mode at the typical price, and their triggers lie
 * an offset beyond, spread over the tier's quantiles: mass(bin) = ∫∫ [entry(q) + offset(u) in bin] dq du.
 * The double integral is taken on a low-discrepancy lattice instead of bin by bin: u stratified, q stepping by
 * the golden ratio, both rotated from bar to bar (the plastic number's pair), so that bars fill each other's gaps.
 */
const goldenStep = 0.6180339887498949;
const plasticStep1 = 0.7548776662466927;
const plasticStep2 = 0.5698402909980532;

const leastPoints = 16;
/** One lattice point carries at most this share of its row, so that no spike is drawn in a quiet map. */
const mostShareOfPoint = 1 / 1024;
const mostPoints = 1024;

// scratch of `openBook`, which runs to its end before anyone can call it again
const entries = new Float64Array(mostPoints);
const targets = new Int32Array(mostPoints);

/**
 * Opens `masses[tier]` in each tier. What the bar's own path liquidated is not there at its close: entries made
 * before the extreme live only with triggers beyond the reach, later ones with triggers beyond the close, and the
 * mass is shared among those that live.
 */
export function openBook(
  book: Book,
  masses: Float64Array,
  table: TriggerTable,
  span: BarSpan,
  bar: number,
): void {
  const points = masses.map((mass, tier) => countPoints(mass, (book.total[tier] ?? 0) + mass));
  drawEntries(span, bar, Math.max(...points));
  masses.forEach((mass, tier) => {
    if (mass > 0) openRow({ book, table, span, tier, mass, points: points[tier] ?? leastPoints, bar });
  });
}

function countPoints(mass: number, total: number): number {
  if (!(mass > 0)) return 0;
  return Math.min(mostPoints, Math.max(leastPoints, Math.ceil(mass / total / mostShareOfPoint)));
}

/** Quantiles of the triangle at rotated golden steps. */
function drawEntries(span: BarSpan, bar: number, points: number): void {
  const { inner, outer, typical } = span;
  const width = outer - inner;
  const rising = typical - inner;
  const modeQuantile = width > 0 ? rising / width : 0;
  let quantile = (bar * plasticStep1) % 1;
  for (let i = 0; i < points; i += 1) {
    quantile += goldenStep;
    if (quantile >= 1) quantile -= 1;
    entries[i] =
      quantile < modeQuantile
        ? inner + Math.sqrt(quantile * width * rising)
        : outer - Math.sqrt((1 - quantile) * width * (outer - typical));
  }
}

interface RowOpening {
  readonly book: Book;
  readonly table: TriggerTable;
  readonly span: BarSpan;
  readonly tier: number;
  readonly mass: number;
  readonly points: number;
  readonly bar: number;
}

function openRow(opening: RowOpening): void {
  const { book, span, tier, mass } = opening;
  const before = book.total[tier] ?? 0;
  book.entry[tier] = ((book.entry[tier] ?? 0) * before + span.typical * mass) / (before + mass);
  book.total[tier] = before + mass;
  // no trigger beyond the reach: they entered at the extreme itself, after it was set
  const alive = aimPoints(opening, false) || aimPoints(opening, true);
  place(book, tier, alive, mass / alive / (book.scale[tier] ?? 1));
}

/** Fills `targets` with the absolute bins of the points that survive the bar; returns how many do. */
function aimPoints(opening: RowOpening, atExtreme: boolean): number {
  const { table, span, tier, points, bar } = opening;
  const firstEarly = firstUncrossed(span.reach);
  const firstLate = Math.min(firstEarly, firstUncrossed(span.close));
  const phase = (bar * plasticStep2) % 1;
  let order = phase;
  const extreme = Math.max(span.reach, span.typical);
  let alive = 0;
  for (let i = 0; i < points; i += 1) {
    const entry = atExtreme ? extreme : (entries[i] ?? 0);
    const target = Math.floor(entry + triggerOffset(table, tier, (i + phase) / points));
    order += plasticStep1;
    if (order >= 1) order -= 1;
    if (target < (order < span.lateShare ? firstLate : firstEarly)) continue;
    targets[alive] = target;
    alive += 1;
  }
  return alive;
}

function place(book: Book, tier: number, count: number, stored: number): void {
  const base = tier * binCount;
  let beyond = 0;
  let frontier = book.frontier[tier] ?? binCount;
  for (let i = 0; i < count; i += 1) {
    const bin = (targets[i] ?? 0) - book.origin;
    if (bin >= binCount) beyond += 1;
    else {
      book.bins[base + bin] = (book.bins[base + bin] ?? 0) + stored;
      if (bin < frontier) frontier = bin;
    }
  }
  book.overflow[tier] = (book.overflow[tier] ?? 0) + beyond * stored;
  book.frontier[tier] = frontier;
}
