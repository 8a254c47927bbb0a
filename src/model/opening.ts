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

const leastPoints = 8;
/** One lattice point carries at most this share of its row, so that no spike is drawn in a quiet map. */
const mostShareOfPoint = 1 / 512;
const mostPoints = 512;
/** Different entries of a bar; a power of two. Rows with more points meet them again at other offsets. */
const entryPoints = 32;

// scratch of `openBook`, which runs to its end before anyone can call it again
const entries = new Float64Array(entryPoints);
const targets = new Int32Array(mostPoints);

/**
 * Opens `masses[tier]` in each tier. What the bar's own path liquidated is not there at its close: entries made
 * before the extreme live only with triggers beyond the reach, later ones with triggers beyond the close, and the
 * mass is shared among those that live.
 */
export function openBook(
  book: Book,
  masses: readonly number[],
  table: TriggerTable,
  span: BarSpan,
  bar: number,
): void {
  const opening = { book, table, span, phase: (bar * plasticStep2) % 1 };
  drawEntries(span, (bar * plasticStep1) % 1);
  for (let tier = 0; tier < masses.length; tier += 1) {
    const mass = masses[tier] ?? 0;
    if (mass > 0) openRow(opening, tier, mass);
  }
}

/** Quantiles of the triangle at golden steps; rows take as many of them as they have points. */
function drawEntries(span: BarSpan, phase: number): void {
  const { inner, outer, typical } = span;
  const width = outer - inner;
  const rising = typical - inner;
  const modeQuantile = width > 0 ? rising / width : 0;
  let quantile = phase;
  for (let i = 0; i < entryPoints; i += 1) {
    quantile += goldenStep;
    if (quantile >= 1) quantile -= 1;
    entries[i] =
      quantile < modeQuantile
        ? inner + Math.sqrt(quantile * width * rising)
        : outer - Math.sqrt((1 - quantile) * width * (outer - typical));
  }
}

interface Opening {
  readonly book: Book;
  readonly table: TriggerTable;
  readonly span: BarSpan;
  /** Rotation of the stratified coordinate. */
  readonly phase: number;
}

function openRow(opening: Opening, tier: number, mass: number): void {
  const { book, span } = opening;
  const before = book.total[tier] ?? 0;
  const total = before + mass;
  book.entry[tier] = ((book.entry[tier] ?? 0) * before + span.typical * mass) / total;
  book.total[tier] = total;
  const points = Math.min(mostPoints, Math.max(leastPoints, Math.ceil(mass / total / mostShareOfPoint)));
  // no trigger beyond the reach: they entered at the extreme itself, after it was set
  const alive = aimPoints(opening, tier, points) || aimAtExtreme(opening, tier, points);
  place(book, tier, alive, mass / alive / (book.scale[tier] ?? 1));
}

/** Fills `targets` with the absolute bins of the points that survive the bar; returns how many do. */
function aimPoints({ table, span, phase }: Opening, tier: number, points: number): number {
  const firstEarly = firstUncrossed(span.reach);
  const firstLate = Math.min(firstEarly, firstUncrossed(span.close));
  const { lateShare } = span;
  let order = phase;
  let alive = 0;
  for (let i = 0; i < points; i += 1) {
    const entry = entries[i & (entryPoints - 1)] ?? 0;
    const target = Math.floor(entry + triggerOffset(table, tier, (i + phase) / points));
    order += plasticStep1;
    if (order >= 1) order -= 1;
    targets[alive] = target;
    alive += target < (order < lateShare ? firstLate : firstEarly) ? 0 : 1;
  }
  return alive;
}

function aimAtExtreme({ table, span, phase }: Opening, tier: number, points: number): number {
  const extreme = Math.max(span.reach, span.typical);
  for (let i = 0; i < points; i += 1) {
    targets[i] = Math.floor(extreme + triggerOffset(table, tier, (i + phase) / points));
  }
  return points;
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
