import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluatePath } from "../../src/commands/evaluate/evaluate.ts";
import { renderScores } from "../../src/commands/evaluate/table.ts";

const folder = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const there = existsSync(folder);
const rule = { ratio: 2, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 180_000 };

if (!there) process.stderr.write(`recorded liquidations are not scored: ${folder} is not there\n`);

/** Of bars of five minutes as many as a month has. */
const monthOfBars = 30 * 288;

describe.skipIf(!there)("real recorded liquidations", () => {
  let path: string;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), "lopside-evaluate-"));
    const files = (await readdir(folder)).filter((file) => file.endsWith(".csv"));
    await Promise.all(files.map(async (file) => copyMonth(join(folder, file), join(path, file))));
  });
  afterAll(async () => rm(path, { recursive: true, force: true }));

  it("are told by the map better than by what open tools draw, and than by the reach alone", async () => {
    const { groups, skipped } = await evaluatePath({ path, rule, onFile: () => undefined });
    expect(groups.map(({ symbols }) => symbols)).toEqual([["BTC", "ETH", "SOL"], ["BTC"]]);
    expect(skipped.map((line) => line.replace(`${path}/`, ""))).toEqual([
      "binance-ETHUSDT-5m-2026.csv: no liquidations to score against",
      "binance-SOLUSDT-5m-2026.csv: no liquidations to score against",
    ]);
    for (const { models, bands } of groups) {
      for (const { covered } of bands) expect(Math.abs(covered - 0.8)).toBeLessThan(0.06);
      const [published] = models;
      expect(published?.model).toBe("stack");
      expect(published?.skillVs["decayed-change"].low).toBeGreaterThan(0.1);
      expect(published?.skillVs["reach-power"].low).toBeGreaterThan(0);
      expect(published?.beyondReach?.low).toBeGreaterThan(0);
      expect(published?.skew6h.sign.value).toBeGreaterThan(0.85);
    }
    for (const { reliability, bands } of groups) {
      expect(reliability.map(({ symbol }) => symbol)).toEqual(bands.map(({ symbol }) => symbol));
      for (const { tenths } of reliability) expect(tenths).toHaveLength(10);
    }
    const table = renderScores(groups);
    expect(table).toContain("stack, learned weights");
    expect(table).not.toContain("NaN");
  });
});

/** Whole where it has no more rows; liquidations from before the bars are nobody's. */
async function copyMonth(from: string, to: string): Promise<void> {
  const [head = "", ...rows] = (await readFile(from, "utf8")).trimEnd().split("\n");
  if (rows.length <= monthOfBars) return copyFile(from, to);
  return writeFile(to, [head, ...rows.slice(-monthOfBars), ""].join("\n"));
}
