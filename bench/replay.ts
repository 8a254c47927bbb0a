import { replay } from "../src/replay/replay.ts";
import { recordingOf, swingingBars } from "../test/support/recording.ts";

/** As many bars as 53 days of 5 minutes have. */
const barCount = 15_264;
const rounds = 3;

const riskTiers = [
  { floorNotional: 0, capNotional: Infinity, maintenanceMarginRate: 0.005, maxLeverage: 100 },
];
const rule = { ratio: 2, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 180_000 };

/** A whole replay in memory: model, imbalance and alert rule at each bar's close, with and without maps. */
export async function run(): Promise<void> {
  const recording = recordingOf(swingingBars(barCount));
  for (const withMaps of [false, true]) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const started = process.cpuUsage();
      const onMap = withMaps ? () => undefined : undefined;
      await replay({ recording, symbol: "BTC", riskTiers, rule, onAlert: () => undefined, onMap });
      const { user, system } = process.cpuUsage(started);
      times.push((user + system) / 1000);
    }
    report(withMaps ? "with a map per bar" : "alerts only", times);
  }
}

function report(what: string, times: readonly number[]): void {
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  const perBar = (1000 * median) / barCount;
  process.stdout.write(`  ${what}: ${median.toFixed(0)} ms of CPU, ${perBar.toFixed(0)} µs a bar\n`);
}
