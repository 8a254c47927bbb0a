import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { LiquidationMap } from "../../src/model/types.ts";
import { openMapLines } from "../../src/replay/mapLines.ts";

const folder = mkdtempSync(join(tmpdir(), "lopside-maps-"));
const map: LiquidationMap = {
  symbol: "BTC",
  time: 1_767_225_900_000,
  markPrice: 84_230,
  long: [[83_000, 1_230_000]],
  short: [],
};

afterAll(() => rmSync(folder, { recursive: true }));

describe("a file of maps", () => {
  it("has one line a map, in the interface's form", async () => {
    const path = join(folder, "maps.jsonl");
    const lines = await openMapLines(path);
    await lines.write(map);
    await lines.write({ ...map, time: map.time + 300_000 });
    await lines.close();
    expect(readFileSync(path, "utf8").split("\n")).toEqual([
      '{"time":1767225900000,"symbol":"BTC","markPrice":84230,"long":[[83000,1230000]],"short":[]}',
      '{"time":1767226200000,"symbol":"BTC","markPrice":84230,"long":[[83000,1230000]],"short":[]}',
      "",
    ]);
  });

  it("asks to be waited for when the disk is behind", async () => {
    const lines = await openMapLines(join(folder, "large.jsonl"));
    const large = { ...map, long: Array.from({ length: 100_000 }, () => [83_000, 1_230_000] as const) };
    const waiting = lines.write(large);
    expect(waiting).toBeInstanceOf(Promise);
    await waiting;
    expect(lines.write(map)).toBeUndefined();
    await lines.close();
  });

  it("says when its folder is not there", async () => {
    const path = join(folder, "nowhere", "maps.jsonl");
    await expect(openMapLines(path)).rejects.toThrow(`${path} can't be written: its folder is not there`);
  });

  it.skipIf(!existsSync("/dev/full"))("says when the disk is full", async () => {
    const lines = await openMapLines("/dev/full");
    const writing = async (): Promise<void> => {
      await lines.write(map);
      await lines.close();
    };
    await expect(writing()).rejects.toThrow("/dev/full can't be written: the disk is full");
  });
});
