import type { Book } from "./book.ts";
import { checksumOf } from "./checksum.ts";
import { binCount, binWidth } from "./grid.ts";
import { tierCount, tierLeverages, type Mix } from "./priors.ts";
import { createState, type FilterState } from "./state.ts";
import type { SeriesSpec, Side } from "./types.ts";

/**
 * Bytes of a series, in the machine's own (little-endian) order:
 *   u32 version, fingerprint, checksum, number of span words, number of values, 0
 *   f64 the scalars of `readScalars`, in its order
 *   u16 spans: for each row the number of spans, then first bin and length of each; padded to 4 bytes
 *   f32 the bins of all spans
 * Raise the version when the layout or anything the filter computes with changes.
 */
const version = 2;
const headWords = 6;
const checksumAt = 2;
const scalarsOfBook = 2 + 5 * tierCount;
const scalarCount = 8 + 2 * scalarsOfBook;
const spansAt = headWords * 4 + scalarCount * 8;
const rows = 2 * tierCount;

// scratch of `encodeState`, which runs to its end before anyone can call it again
const spanScratch = new Uint16Array(rows * (1 + binCount));
const valueScratch = new Float32Array(rows * binCount);

export function encodeState(
  state: FilterState,
  spec: SeriesSpec,
  mix: Readonly<Record<Side, Mix>>,
): Uint8Array {
  const written = { spans: 0, values: 0 };
  writeBook(state.long, written);
  writeBook(state.short, written);
  const valuesAt = alignedValues(written.spans);
  const buffer = new ArrayBuffer(valuesAt + written.values * 4);
  new Float64Array(buffer, headWords * 4, scalarCount).set(readScalars(state));
  new Uint16Array(buffer, spansAt).set(spanScratch.subarray(0, written.spans));
  new Float32Array(buffer, valuesAt).set(valueScratch.subarray(0, written.values));
  const head = new Uint32Array(buffer);
  head.set([version, fingerprint(spec, mix), 0, written.spans, written.values, 0]);
  head[checksumAt] = checksumOf(head, checksumAt);
  return new Uint8Array(buffer);
}

export function decodeState(
  bytes: Uint8Array,
  spec: SeriesSpec,
  mix: Readonly<Record<Side, Mix>>,
): FilterState | undefined {
  if (bytes.length < spansAt || bytes.length % 4 !== 0) return undefined;
  // a copy starts at an aligned address, whatever the bytes were cut from
  const { buffer } = new Uint8Array(bytes);
  const head = new Uint32Array(buffer);
  const [heldVersion, heldFingerprint, heldChecksum, spans = 0, values = 0] = head;
  if (heldVersion !== version || heldFingerprint !== fingerprint(spec, mix)) return undefined;
  const valuesAt = alignedValues(spans);
  if (bytes.length !== valuesAt + values * 4 || heldChecksum !== checksumOf(head, checksumAt))
    return undefined;
  const state = createState();
  writeScalars(state, new Float64Array(buffer, headWords * 4, scalarCount));
  const cursor = { spans: 0, values: 0 };
  const source = {
    spans: new Uint16Array(buffer, spansAt, spans),
    values: new Float32Array(buffer, valuesAt),
  };
  readBook(state.long, source, cursor);
  readBook(state.short, source, cursor);
  return state;
}

function alignedValues(spans: number): number {
  return spansAt + Math.ceil(spans / 2) * 4;
}

function writeBook(book: Book, written: { spans: number; values: number }): void {
  for (let tier = 0; tier < tierCount; tier += 1) {
    const count = written.spans;
    written.spans += 1;
    spanScratch[count] = writeRow(book.bins.subarray(tier * binCount, (tier + 1) * binCount), written);
  }
}

/** Copies a row's non-zero stretches; a single zero costs less inside a stretch than a new stretch would. */
function writeRow(row: Float32Array, written: { spans: number; values: number }): number {
  let stretches = 0;
  for (let bin = 0; bin < binCount; bin += 1) {
    if (row[bin] === 0) continue;
    const first = bin;
    while (bin < binCount && (row[bin] !== 0 || (row[bin + 1] ?? 0) !== 0)) {
      valueScratch[written.values] = row[bin] ?? 0;
      written.values += 1;
      bin += 1;
    }
    spanScratch[written.spans] = first;
    spanScratch[written.spans + 1] = bin - first;
    written.spans += 2;
    stretches += 1;
  }
  return stretches;
}

function readBook(
  book: Book,
  source: { spans: Uint16Array; values: Float32Array },
  cursor: { spans: number; values: number },
): void {
  for (let tier = 0; tier < tierCount; tier += 1) {
    const stretches = source.spans[cursor.spans] ?? 0;
    cursor.spans += 1;
    for (let i = 0; i < stretches; i += 1) {
      const first = tier * binCount + (source.spans[cursor.spans] ?? 0);
      const length = source.spans[cursor.spans + 1] ?? 0;
      book.bins.set(source.values.subarray(cursor.values, cursor.values + length), first);
      cursor.spans += 2;
      cursor.values += length;
    }
  }
}

/** Absent is NaN in the bytes: no scalar of a sound state is NaN. */
function readScalars(state: FilterState): number[] {
  return [
    state.lastClosed ?? NaN,
    state.lastPrice ?? NaN,
    state.openInterest ?? NaN,
    state.unsettledVolume,
    state.missedMs,
    state.barsApplied,
    state.usualVolume.sum,
    state.usualVolume.weightMs,
    ...scalarsOf(state.long),
    ...scalarsOf(state.short),
  ];
}

function scalarsOf(book: Book): number[] {
  const { origin, hedged, scale, total, overflow, entry, frontier } = book;
  return [origin, hedged, ...scale, ...total, ...overflow, ...entry, ...frontier];
}

function writeScalars(state: FilterState, scalars: Float64Array): void {
  const [lastClosed = NaN, lastPrice = NaN, openInterest = NaN] = scalars;
  state.lastClosed = known(lastClosed);
  state.lastPrice = known(lastPrice);
  state.openInterest = known(openInterest);
  state.unsettledVolume = scalars[3] ?? 0;
  state.missedMs = scalars[4] ?? 0;
  state.barsApplied = scalars[5] ?? 0;
  state.usualVolume.sum = scalars[6] ?? 0;
  state.usualVolume.weightMs = scalars[7] ?? 0;
  writeBookScalars(state.long, scalars.subarray(8, 8 + scalarsOfBook));
  writeBookScalars(state.short, scalars.subarray(8 + scalarsOfBook));
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function writeBookScalars(book: Book, scalars: Float64Array): void {
  book.origin = scalars[0] ?? 0;
  book.hedged = scalars[1] ?? 0;
  const columns = [book.scale, book.total, book.overflow, book.entry, book.frontier];
  columns.forEach((column, i) => {
    const from = 2 + i * tierCount;
    column.set(scalars.subarray(from, from + tierCount));
  });
}

/** FNV-1a of all that the bins' meaning depends on. Risk tiers and fees are not in it: venues change them. */
function fingerprint(spec: SeriesSpec, mix: Readonly<Record<Side, Mix>>): number {
  const { venue, market, contractType, intervalMs } = spec;
  const grid = [binWidth, binCount, tierLeverages];
  const text = JSON.stringify([venue, market, contractType, intervalMs, grid, mix]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
