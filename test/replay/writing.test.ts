import * as fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Bar } from "../../src/model/types.ts";
import { readRecording } from "../../src/replay/recording.ts";
import { recordingHeader, recordingRow } from "../../src/replay/writing.ts";

const noon = 1_795_348_800_000;
const bar: Bar = { openTime: noon, open: 2, high: 4, low: 1, close: 2, volume: 10, openInterest: 100 };

it("an unknown figure is empty, never 0", () => {
  expect(recordingRow(bar, "linear")).toBe(`${noon},2,4,1,2,10,,100,,,,`);
});

it("an inverse contract's USD become base units at the close", () => {
  const row = recordingRow({ ...bar, longLiquidations: 8, takerBuyVolume: 6 }, "inverse");
  expect(row).toBe(`${noon},2,4,1,2,5,3,50,,,4,`);
});

it("what was written is read back to the last bit", async () => {
  const dir = await mkdtemp(join(tmpdir(), "lopside-writing-"));
  const price = fc.double({ min: 1e-5, max: 1e6, noNaN: true });
  const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
  const anyBar = fc.record(
    {
      open: price,
      high: price,
      low: price,
      close: price,
      volume: amount,
      takerBuyVolume: amount,
      openInterest: amount,
      longLiquidations: amount,
    },
    { requiredKeys: ["open", "high", "low", "close", "volume", "openInterest"] },
  );
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(anyBar, { minLength: 2, maxLength: 20 }), async (figures) => {
        const bars = figures.map((each, index): Bar => {
          const prices = [each.open, each.high, each.low, each.close];
          const takerBuyVolume =
            each.takerBuyVolume === undefined
              ? {}
              : { takerBuyVolume: Math.min(each.takerBuyVolume, each.volume) };
          return {
            ...each,
            ...takerBuyVolume,
            openTime: noon + index * 300_000,
            high: Math.max(...prices),
            low: Math.min(...prices),
          };
        });
        const path = join(dir, "bars.csv");
        await writeFile(
          path,
          [recordingHeader, ...bars.map((each) => recordingRow(each, "linear")), ""].join("\n"),
        );
        const recording = await readRecording(path);
        expect(recording.badRows).toEqual([]);
        expect(recording.bars).toEqual(bars);
      }),
      { numRuns: 100 },
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
