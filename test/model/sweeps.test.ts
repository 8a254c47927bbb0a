import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binWidth, outwards } from "../../src/model/grid.ts";
import { spanOf } from "../../src/model/path.ts";
import {
  copySweeps,
  createSweeps,
  gapsOf,
  noteSweep,
  type Gap,
  type Sweeps,
} from "../../src/model/sweeps.ts";
import type { Bar, Side } from "../../src/model/types.ts";
import { anyWalk, fiveMinutes, walkBars } from "../support/market.ts";

const sides: readonly Side[] = ["long", "short"];
const halfHourMs = 1_800_000;

describe("gaps", () => {
  it("say of every level how long ago the price was there", () => {
    fc.assert(
      fc.property(anyWalk(), fc.double({ min: 1e-5, max: 0.1, noNaN: true }), (bars, distance) => {
        const sweeps = run(bars);
        const last = bars.at(-1);
        if (last === undefined) return;
        for (const side of sides) {
          const expected = missingAt(bars, side, outwards(side, Math.log(last.close)) + distance / binWidth);
          const found = gapsOf(sweeps, side, markOf(bars, side)).find(
            ({ from, to }) => from < distance && distance <= to,
          );
          expect(Math.abs((found?.missing ?? 0) - expected)).toBeLessThan(0.02);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("lie one behind the other, each less empty than the one before", () => {
    fc.assert(
      fc.property(anyWalk(), (bars) => {
        for (const side of sides) {
          const gaps = gapsOf(run(bars), side, markOf(bars, side));
          gaps.forEach(({ from, to, missing }, i) => {
            expect(from).toBe(gaps[i - 1]?.to ?? 0);
            expect(to).toBeGreaterThan(from);
            expect(missing > 0 && missing < (gaps[i - 1]?.missing ?? 1)).toBe(true);
          });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("are the other side's in a mirrored market", () => {
    fc.assert(
      fc.property(anyWalk(), (bars) => {
        const start = markOf(bars, "long");
        // rounding leaves stretches of nothing on one of the two
        const wide = ({ from, to }: Gap): boolean => to - from > 1e-9;
        const own = gapsOf(run(bars), "long", start).filter(wide);
        const other = gapsOf(run(bars.map(mirror)), "short", start).filter(wide);
        expect(other).toHaveLength(own.length);
        other.forEach(({ to, missing }, i) => {
          expect(to).toBeCloseTo(own[i]?.to ?? NaN, 9);
          expect(missing).toBe(own[i]?.missing);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it("of many short bars that go one way reach as far as those of a long one", () => {
    const minutes = Array.from({ length: 170 }, (_, i) => barAt(i * 60_000, 1e5 * Math.exp(0.0002 * i)));
    const sweeps = run(minutes, 60_000);
    const gaps = gapsOf(sweeps, "long", markOf(minutes, "long"));
    expect(gaps.at(-1)?.to).toBeGreaterThan(0.033);
    expect(gaps.at(-1)?.missing).toBeCloseTo(2 ** (-170 / 30), 2);
  });

  it("are none in a market that has no past", () => {
    expect(gapsOf(createSweeps(), "long", -22_000)).toEqual([]);
  });

  it("of a copy go their own way", () => {
    const [one, other] = [run([barAt(0, 100)]), createSweeps()];
    copySweeps(one, other);
    noteSweep(other, barAt(fiveMinutes, 90), fiveMinutes);
    expect(gapsOf(one, "short", outwards("short", Math.log(80)))).toHaveLength(1);
    expect(gapsOf(other, "short", outwards("short", Math.log(80)))).toHaveLength(2);
  });
});

function run(bars: readonly Bar[], intervalMs = fiveMinutes): Sweeps {
  const sweeps = createSweeps();
  for (const bar of bars) noteSweep(sweeps, bar, intervalMs);
  return sweeps;
}

function markOf(bars: readonly Bar[], side: Side): number {
  return outwards(side, Math.log(bars.at(-1)?.close ?? NaN));
}

/** What the newest bar that went so far left missing, looked for one by one. */
function missingAt(bars: readonly Bar[], side: Side, level: number): number {
  const now = (bars.at(-1)?.openTime ?? NaN) + fiveMinutes;
  const newest = bars.findLast((bar) => spanOf(side, bar).reach >= level);
  return newest === undefined ? 0 : 2 ** -((now - newest.openTime - fiveMinutes / 2) / halfHourMs);
}

function barAt(openTime: number, price: number): Bar {
  const [bar] = walkBars([{ move: 0, wickUp: 0, wickDown: 0, volume: 0.01, change: 0 }], price);
  if (bar === undefined) throw new Error("no bar");
  return { ...bar, openTime };
}

function mirror(bar: Bar): Bar {
  return { ...bar, open: 1 / bar.open, close: 1 / bar.close, high: 1 / bar.low, low: 1 / bar.high };
}
