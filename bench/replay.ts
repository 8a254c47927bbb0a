import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Bar } from "../src/model/types.ts";
import { replay } from "../src/replay/replay.ts";
import { recordingOf, swingingBars } from "../test/support/recording.ts";
import { median, printTable } from "./support/print.ts";

/** As many bars as 53 days of 5 minutes have. */
const barCount = 15_264;
const rounds = 3;
/** Real bars, where they lie beside the project; made ones elsewhere. */
const recorded = resolve("../shared/data/binance-BTCUSDT-5m-2026.csv");

const riskTiers = [
  { floorNotional: 0, capNotional: Infinity, maintenanceMarginRate: 0.005, maxLeverage: 100 },
];
const rule = { ratio: 2, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 180_000 };

/** A replay as the command runs it, and in memory: model, imbalance and alert rule at each bar's close. */
export async function run(): Promise<void> {
  const bars = swingingBars(barCount);
  const directory = await mkdtemp(join(tmpdir(), "lopside-bench-"));
  try {
    const made = join(directory, "bars.csv");
    await writeFile(made, csvOf(bars));
    const path = existsSync(recorded) ? recorded : made;
    printTable([
      [`${barCount} bars of 5 m`, "ms", "µs a bar"],
      row("lopside replay, the whole process", await timesOf(async () => replayByCommand(path))),
      row("in memory, alerts only (CPU)", await timesOf(async () => cpuOfReplay(bars, false))),
      row("in memory, with a map per bar (CPU)", await timesOf(async () => cpuOfReplay(bars, true))),
    ]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function row(what: string, times: readonly number[]): string[] {
  return [what, median(times).toFixed(0), ((1000 * median(times)) / barCount).toFixed(0)];
}

async function timesOf(work: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await work());
  return times;
}

async function replayByCommand(path: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["dist/cli.js", "replay", path, "--symbol", "BTC"], {
    env: { PATH: process.env["PATH"] ?? "" },
    stdio: ["ignore", "ignore", "ignore"],
  });
  const [code]: unknown[] = await once(child, "exit");
  if (code !== 0) throw new Error(`lopside replay ended with ${String(code)}`);
  return performance.now() - startedAt;
}

async function cpuOfReplay(bars: readonly Bar[], withMaps: boolean): Promise<number> {
  const started = process.cpuUsage();
  const onMap = withMaps ? () => undefined : undefined;
  await replay({
    recording: recordingOf(bars),
    symbol: "BTC",
    riskTiers,
    rule,
    onAlert: () => undefined,
    onMap,
  });
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

function csvOf(bars: readonly Bar[]): string {
  const lines = bars.map(({ openTime, open, high, low, close, volume, openInterest }) =>
    [openTime, open, high, low, close, volume, "", openInterest ?? ""].join(","),
  );
  return ["timestamp,open,high,low,close,volume,taker_buy_volume,open_interest", ...lines, ""].join("\n");
}
