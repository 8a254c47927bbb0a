import { compareWithTruth, scoreTruth, type TruthScore } from "../test/support/truth.ts";

const dayMs = 86_400_000;
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

/** How near the model comes to positions that are known: worlds of their own seed, and all of them together. */
export async function run(): Promise<void> {
  const worlds = seeds.map((seed) => compareWithTruth({ seed, historyMs: 20 * dayMs, liveMs: 10 * dayMs }));
  process.stdout.write("  world  samples  |ln error|   bias   sign  corr.  sign ±2 %  level  80 % band\n");
  for (const [index, samples] of worlds.entries()) print(String(seeds[index]), scoreTruth(samples));
  print("all", scoreTruth(worlds.flat()));
}

function print(name: string, score: TruthScore): void {
  const cells = [
    name.padStart(7),
    String(score.samples).padStart(8),
    score.medianError.toFixed(2).padStart(11),
    score.bias.toFixed(2).padStart(6),
    score.signAccuracy.toFixed(2).padStart(6),
    score.correlation.toFixed(2).padStart(6),
    score.dualSignAccuracy.toFixed(2).padStart(10),
    score.levelRatio.toFixed(2).padStart(6),
    score.bandCoverage.toFixed(2).padStart(10),
  ];
  process.stdout.write(`${cells.join(" ")}\n`);
}
