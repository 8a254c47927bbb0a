import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { AlertContent, FiringContent } from "../../src/alerts/content.ts";
import { bracketsOf } from "../../src/poller/bracketTable.ts";
import { readRecording, type Recording } from "../../src/replay/recording.ts";
import { replay } from "../../src/replay/replay.ts";

const folder = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const there = existsSync(folder);
const rule = { ratio: 2, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 180_000 };

if (!there) process.stderr.write(`recorded bars are not replayed: ${folder} is not there\n`);

describe.skipIf(!there)("real recorded bars", () => {
  it.each([
    // a lean of double seldom lasts until an hourly bar closes
    ["binance-BTCUSDT-1h-2024.csv", "BTC", 1.5],
    ["binance-ETHUSDT-1h-2024.csv", "ETH", 1.5],
    ["binance-SOLUSDT-1h-2024.csv", "SOL", 1.5],
    ["binance-BTCUSDT-5m-2026.csv", "BTC", 2],
    ["binance-ETHUSDT-5m-2026.csv", "ETH", 2],
    ["binance-SOLUSDT-5m-2026.csv", "SOL", 2],
  ])(
    "%s runs to its end, and %s alerts of %f come now and then, not all the time",
    async (name, symbol, ratio) => {
      const { firings, days, summary, recording } = await alertsOf(name, symbol, ratio);
      expect(summary.bars).toBe(recording.bars.length);
      expect(recording.badRows).toEqual([]);
      expect(firings.length / days).toBeGreaterThan(0.05);
      expect(firings.length / days).toBeLessThan(10);
      for (const firing of firings) expect(isSensible(firing, ratio)).toBe(true);
    },
  );

  it.each([
    // on hourly bars a lean of double never lasts for two bars of that fall, one of half more does
    ["binance-BTCUSDT-1h-2024.csv", "down", 1.5, "2024-07-03T00:00Z", "2024-07-05T06:00Z"],
    ["binance-BTCUSDT-5m-2026.csv", "up", 2, "2026-01-13T00:00Z", "2026-01-13T22:00Z"],
    ["binance-BTCUSDT-5m-2026.csv", "down", 2, "2026-01-19T00:00Z", "2026-01-21T00:00Z"],
  ])("%s warns %s of %f before or during %s to %s", async (name, direction, ratio, from, to) => {
    const { firings } = await alertsOf(name, "BTC", ratio);
    const during = firings.filter(({ time }) => time >= Date.parse(from) && time <= Date.parse(to));
    expect(during.map((firing) => firing.direction)).toContain(direction);
  });

  it("has no gap in the 5m files and names the one of SOL's hours", async () => {
    const { recording } = await alertsOf("binance-SOLUSDT-1h-2024.csv", "SOL", 1.5);
    expect(recording.gaps.map(({ missingBars }) => missingBars)).toEqual([2]);
    expect((await readRecording(`${folder}binance-BTCUSDT-5m-2026.csv`)).liquidations).toHaveLength(1272);
  });
});

describe.skipIf(!there)("lopside replay", () => {
  const run = promisify(execFile);
  const lopside = async (...args: string[]) =>
    run(process.execPath, [cli, "replay", `${folder}binance-BTCUSDT-1h-2024.csv`, ...args], {
      env: { ...process.env, ALERT_RATIO: "1.5" },
    });

  it("prints alerts as people see them on stdout, and what it did on stderr", async () => {
    const { stdout, stderr } = await lopside();
    expect(stdout).toContain("Liquidation maps are not price predictions.");
    expect(stderr).toMatch(/BTC: 1,008 bars, \d+ alerts in 40.0 days/);
  });

  it("prints one line an alert with --json, and nothing else with --alerts", async () => {
    const { stdout, stderr } = await lopside("--json", "--alerts");
    const alerts = stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(alerts.length).toBeGreaterThan(3);
    for (const alert of alerts) expect(alert).toMatchObject({ symbol: "BTC", kind: "firing" });
    expect(stderr).toBe("");
  });
});

type Outcome = Awaited<ReturnType<typeof replayOf>>;
const outcomes = new Map<string, Promise<Outcome>>();

/** Each file is replayed once. */
async function alertsOf(name: string, symbol: string, ratio: number): Promise<Outcome> {
  const known = outcomes.get(name) ?? replayOf(name, symbol, ratio);
  outcomes.set(name, known);
  return known;
}

async function replayOf(name: string, symbol: string, ratio: number) {
  const recording = lastWeeks(await readRecording(folder + name));
  const alerts: AlertContent[] = [];
  const summary = await replay({
    recording,
    symbol,
    riskTiers: bracketsOf(symbol),
    rule: { ...rule, ratio },
    onAlert: (content) => alerts.push(content),
  });
  const firings = alerts.filter((content): content is FiringContent => content.kind === "firing");
  return { recording, firings, summary, days: summary.watchedMs / 86_400_000 };
}

/** Of bars of five minutes as many as four weeks have: both moves below, and half the work. */
function lastWeeks(recording: Recording): Recording {
  return { ...recording, bars: recording.bars.slice(-4 * 7 * 288) };
}

/** The ratio is that of the distances, points the way it says, and both distances are within the map. */
function isSensible(
  { ratio, direction, downDistanceUsd, upDistanceUsd, markPrice }: FiringContent,
  threshold: number,
): boolean {
  const leans = direction === "up" ? ratio >= threshold : ratio <= 1 / threshold;
  const isQuotient = Math.abs(ratio / (downDistanceUsd / upDistanceUsd) - 1) < 1e-9;
  return leans && isQuotient && Math.max(downDistanceUsd, upDistanceUsd) < markPrice / 4;
}
