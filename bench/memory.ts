import { setTimeout as sleep } from "node:timers/promises";
import { memoryOf, spawnLopside } from "./support/lopside.ts";
import { openWarmMarket } from "./support/market.ts";
import { median, printTable, quantile } from "./support/print.ts";

const rounds = 35;

/** Resident memory of the all-in-one process, 3 symbols on 3 venues, over half a minute of a round a second. */
export async function run(): Promise<void> {
  const market = await openWarmMarket("1s");
  const lopside = spawnLopside(["start"], market.env);
  const samples: number[] = [];
  try {
    await lopside.logged("started");
    for (let round = 0; round < rounds; round += 1) {
      await Promise.race([sleep(1_000), lopside.failed]);
      samples.push(memoryOf(lopside.pid)?.now ?? Number.NaN);
    }
    const half = samples.slice(Math.floor(rounds / 2));
    const peak = memoryOf(lopside.pid)?.peak ?? Number.NaN;
    printTable([
      ["resident memory of the Node process", "MB"],
      ["after the start", samples[0]?.toFixed(0) ?? ""],
      [`median of rounds ${rounds - half.length + 1} to ${rounds}`, median(half).toFixed(0)],
      ["highest of these", quantile(half, 1).toFixed(0)],
      ["highest ever, start included", peak.toFixed(0)],
    ]);
  } finally {
    await lopside.stop();
    await market.close();
  }
}
