import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnSpans } from "../../../src/charts/contracts.ts";
import type { MapColumn } from "../../../src/model/column.ts";
import { columnBytes, columnOffset, packColumn, unpackColumns } from "../../../src/store/market/columns.ts";
import { noon } from "../builders.ts";

const { day, month } = columnSpans;

function aColumn(over: Partial<MapColumn> = {}): MapColumn {
  const notionalUsd = Float32Array.from({ length: day.bins }, (_, bin) =>
    bin % 3 === 0 ? 0 : 10 ** (bin % 12),
  );
  return { time: noon, markPrice: 84_230.5, binWidth: day.binWidth, firstBin: -120, notionalUsd, ...over };
}

/** A span's string after these columns were written, oldest first. */
function blockOf(columns: readonly MapColumn[]): Buffer {
  const block = Buffer.alloc(day.columns * columnBytes(day));
  for (const column of columns) packColumn(column, day).copy(block, columnOffset(column.time, day));
  return block;
}

describe("a column", () => {
  test("comes back with its notional to a thousandth, and with nothing where nothing was", () => {
    const [back] = unpackColumns(blockOf([aColumn()]), day, noon, noon);
    expect(back).toMatchObject({ time: noon, markPrice: 84_230.5, firstBin: -120, binWidth: day.binWidth });
    const kept = aColumn().notionalUsd;
    back?.notionalUsd.forEach((usd, bin) => {
      expect(Math.abs(usd - (kept[bin] ?? 0))).toBeLessThanOrEqual((kept[bin] ?? 0) / 1_000);
    });
  });

  test("that was never written is none, nor is one outside of what was asked for", () => {
    expect(unpackColumns(Buffer.alloc(day.columns * columnBytes(day)), day, 0, 4e12)).toEqual([]);
    expect(unpackColumns(blockOf([aColumn()]), day, noon + 1, noon + 1e9)).toEqual([]);
  });

  test("takes the place of the one a whole span older, and of no other", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 400 }), (first, count) => {
        const times = Array.from({ length: count }, (_, i) => (first + i) * day.columnMs);
        const kept = unpackColumns(blockOf(times.map((time) => aColumn({ time }))), day, 0, 4e12);
        expect(kept.map(({ time }) => time)).toEqual(times.slice(-day.columns));
      }),
      { numRuns: 20 },
    );
  });
});

test("a symbol's columns stay within what is promised", () => {
  expect(day.columns * columnBytes(day)).toBeLessThan(148_000);
  expect(month.columns * columnBytes(month)).toBeLessThan(313_000);
});
