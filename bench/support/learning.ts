import { createCalibration } from "../../src/model/calibration/calibration.ts";
import { applyCalibrated } from "../../src/model/calibration/series.ts";
import { decodeCalibration, encodeCalibration } from "../../src/model/calibration/snapshot.ts";
import { createStacked } from "../../src/model/stackedSeries.ts";
import type { Bar, SeriesSpec } from "../../src/model/types.ts";
import { median } from "./print.ts";

/** A month whose bars all tell what was liquidated in them: what a bar, a day's end and the snapshot cost. */
export function measureLearning(spec: SeriesSpec, month: readonly Bar[]) {
  const [stacked, calibration] = [createStacked(spec), createCalibration()];
  const figures = {
    bar: [] as number[],
    day: [] as number[],
    encode: [] as number[],
    decode: [] as number[],
  };
  for (const [index, bar] of month.entries()) {
    const reported = { ...bar, longLiquidations: 2 + (index % 7), shortLiquidations: 1 + (index % 5) };
    const [{ decisions }, took] = timed(() => applyCalibrated(calibration, stacked, reported));
    if (decisions.length > 0) figures.day.push(took);
    else figures.bar.push(took);
  }
  for (let round = 0; round < 300; round += 1) {
    const [bytes, encode] = timed(() => encodeCalibration(calibration));
    figures.encode.push(encode);
    figures.decode.push(timed(() => decodeCalibration(bytes))[1]);
  }
  return {
    bar: median(figures.bar),
    day: median(figures.day),
    slowestDay: Math.max(...figures.day),
    bytes: encodeCalibration(calibration).length,
    encode: median(figures.encode),
    decode: median(figures.decode),
  };
}

function timed<T>(work: () => T): readonly [T, number] {
  const start = performance.now();
  const result = work();
  return [result, performance.now() - start];
}
