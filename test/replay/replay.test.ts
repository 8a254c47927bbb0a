import { beforeAll, describe, expect, it } from "vitest";
import type { AlertContent } from "../../src/alerts/content.ts";
import type { Bar, LiquidationMap, RiskTier } from "../../src/model/types.ts";
import { replay, settlingMs } from "../../src/replay/replay.ts";
import type { ReplayOptions } from "../../src/replay/replay.ts";
import { summaryNotes } from "../../src/replay/report.ts";
import { recordingOf, swingingBars } from "../support/recording.ts";

const riskTiers: RiskTier[] = [
  { floorNotional: 0, capNotional: Infinity, maintenanceMarginRate: 0.005, maxLeverage: 100 },
];
// the calm swings of these bars lean by a third, not by double
const rule = { ratio: 1.3, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 180_000 };
const intervalMs = 300_000;
const bars = swingingBars(3 * 288);
const openedAt = bars[0]?.openTime ?? 0;

let whole: Awaited<ReturnType<typeof run>>;

beforeAll(async () => {
  whole = await run(bars);
});

describe("a replay", () => {
  it("fires and resolves by the same rule as live, each firing before its end", async () => {
    const { alerts, summary } = whole;
    expect(summary.firings).toBeGreaterThan(0);
    const escalations = alerts.filter((alert) => alert.kind === "firing" && alert.level !== undefined);
    const kinds = alerts.filter((alert) => !escalations.includes(alert)).map(({ kind }) => kind);
    kinds.forEach((kind, index) => expect(kind).toBe(index % 2 === 0 ? "firing" : "resolved"));
    expect(summary.firings + summary.resolutions).toBe(alerts.length - escalations.length);
  });

  it("is the same every time", async () => {
    const again = await run(bars);
    expect(again.lines.join()).toBe(whole.lines.join());
    expect(again.alerts).toEqual(whole.alerts);
  });

  it("knows nothing of the future: cut short, it has said the same so far", async () => {
    const half = await run(bars.slice(0, bars.length - 200));
    expect(whole.lines.slice(0, half.lines.length).join()).toBe(half.lines.join());
    expect(whole.alerts.slice(0, half.alerts.length)).toEqual(half.alerts);
  });

  it("alerts nothing in the first two days, in which the model settles", async () => {
    const { alerts } = await run(bars, {
      rule: { ...rule, ratio: 1.1, holdMs: 0, warmupMs: 0 },
      onMap: undefined,
    });
    expect(alerts[0]?.time).toBeGreaterThanOrEqual(openedAt + settlingMs);
    expect(alerts[0]?.time).toBeLessThan(openedAt + settlingMs + 86_400_000);
  });

  it("says from --from to --to what it would have said anyway", async () => {
    const [from, to] = [openedAt + 2.25 * 86_400_000, openedAt + 2.75 * 86_400_000];
    const part = await run(bars, { from, to });
    expect(part.alerts).toEqual(whole.alerts.filter(({ time }) => time >= from && time <= to));
    const first = whole.maps.findIndex(({ time }) => time === from);
    expect(part.lines.join()).toBe(whole.lines.slice(first, first + part.lines.length).join());
    expect(part.summary.bars).toBe(145);
  });

  it("stops when it is told to", async () => {
    await expect(run(bars, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
  });

  it("waits for whoever takes the maps", async () => {
    const seen: string[] = [];
    const onMap = async ({ time }: LiquidationMap): Promise<void> => {
      seen.push(`begin ${time}`);
      await Promise.resolve();
      seen.push(`end ${time}`);
    };
    await run(bars.slice(0, 3), { onMap });
    expect(seen.map((line) => line.split(" ")[0])).toEqual(["begin", "end", "begin", "end", "begin", "end"]);
  });
});

describe("a map", () => {
  it("is there for each bar, at its close, with longs below its price and shorts above", async () => {
    const { maps } = await run(bars.slice(0, 300));
    expect(maps.map(({ time }) => time)).toEqual(
      bars.slice(0, 300).map(({ openTime }) => openTime + intervalMs),
    );
    for (const { markPrice: mark, long, short } of maps.slice(1)) {
      const markPrice = mark ?? 0;
      expect(long.length).toBeGreaterThan(0);
      expect(
        long.every(([price, notional]) => price < markPrice && price > markPrice * 0.74 && notional > 0),
      ).toBe(true);
      expect(
        short.every(([price, notional]) => price > markPrice && price < markPrice * 1.26 && notional > 0),
      ).toBe(true);
    }
  });

  it("is empty, at the known price, before any open interest is known", async () => {
    const { maps } = await run(bars.slice(0, 3).map(withoutOpenInterest));
    expect(maps.map(({ markPrice }) => markPrice)).toEqual(bars.slice(0, 3).map(({ close }) => close));
    expect(maps.every(({ long, short }) => long.length + short.length === 0)).toBe(true);
  });

  it("outlives an hour without open interest, and not four", async () => {
    const holey = bars.slice(0, 300).map((bar, index) => (index < 200 ? bar : withoutOpenInterest(bar)));
    const { maps } = await run(holey);
    expect(maps[200 + 12]?.long.length).toBeGreaterThan(0);
    expect(maps[200 + 48]?.long).toEqual([]);
  });

  it("stays at the last believed price when a bar can't be believed, which is counted", async () => {
    const broken = bars.slice(0, 100).map((bar, index) => (index === 50 ? tenfold(bar) : bar));
    const { maps, summary } = await run(broken);
    expect(maps[50]).toMatchObject({ markPrice: bars[49]?.close, long: [], short: [] });
    expect(maps[51]?.long.length).toBeGreaterThan(0);
    expect([...summary.frozen.values()]).toEqual([1]);
    expect(summaryNotes("BTC", summary, 100).join("\n")).toContain("1 bar not believed: price jumped");
  });
});

describe("the summary of a replay", () => {
  it("says how many alerts a day, over the days in which there could be any", async () => {
    expect(whole.summary.watchedMs / 86_400_000).toBeCloseTo(1, 1);
    expect(summaryNotes("BTC", { ...whole.summary, firings: 6, watchedMs: 3 * 86_400_000 }, 1500)[0]).toBe(
      "BTC: 864 bars, 6 alerts in 3.0 days, 2.00 a day (1.5 s)",
    );
  });

  it("says from when on learned weights were used, and when they were given up", () => {
    const adopted = "better than the weights in force and than the prior's" as const;
    const weights = [
      { kind: "adopted", reason: adopted, day: 20_000, skill: 0.0412 },
      { kind: "dropped", reason: "no longer better than the prior", day: 20_010, skill: 0 },
    ] as const;
    expect(summaryNotes("BTC", { ...whole.summary, weights }, 1500).slice(1)).toEqual([
      "  2024-10-04: weights learned from liquidations are used from here on (skill over the prior's 0.041)",
      "  2024-10-14: learned weights are no longer better than the prior's, which are used again",
    ]);
    expect(whole.summary.weights).toEqual([]);
  });

  it("says why there were none in a short one", async () => {
    const { summary } = await run(bars.slice(0, 10));
    expect(summaryNotes("BTC", summary, 0)).toEqual([
      "BTC: 10 bars, 0 alerts (0.0 s)",
      "  no alerts are possible in the first two days, in which the model settles",
    ]);
  });
});

async function run(input: readonly Bar[], options: Partial<ReplayOptions> = {}) {
  const alerts: AlertContent[] = [];
  const maps: LiquidationMap[] = [];
  const lines: string[] = [];
  const summary = await replay({
    recording: recordingOf(input),
    symbol: "BTC",
    riskTiers,
    rule,
    onAlert: (content) => alerts.push(content),
    onMap: (map) => {
      maps.push(map);
      lines.push(JSON.stringify(map));
      return undefined;
    },
    ...options,
  });
  return { alerts, maps, lines, summary };
}

function withoutOpenInterest({ openInterest: _left, ...bar }: Bar): Bar {
  return bar;
}

function tenfold(bar: Bar): Bar {
  return { ...bar, open: bar.open * 10, high: bar.high * 10, low: bar.low * 10, close: bar.close * 10 };
}
