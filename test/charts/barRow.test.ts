import { expect, test } from "vitest";
import { barRow } from "../../src/charts/barRow.ts";
import { lopsidedUp, sampleMarket } from "./samples.ts";

const { map, imbalance } = sampleMarket({ clusters: lopsidedUp, notionalUsd: 1.1e9 });

test.each([40, 80, 100])("the map is one row of bars around the mark, within %d columns", (columns) => {
  const [row = "", prices = ""] = barRow(map, imbalance, columns).split("\n");
  expect(row).toMatch(/^ {2}[·▁▂▃▄▅▆▇█]+│[·▁▂▃▄▅▆▇█]+$/);
  expect(row.length).toBeLessThanOrEqual(columns);
  expect(prices.length).toBeLessThanOrEqual(columns);
  expect(prices).toContain("$84,230");
  // shorts crowd nearer: the row is higher just above the mark than just below it
  const [below = "", above = ""] = row.trim().split("│");
  expect("·▁▂▃▄▅▆▇█".indexOf(above.charAt(2))).toBeGreaterThan("·▁▂▃▄▅▆▇█".indexOf(below.at(-3) ?? ""));
});

test("an empty side is dots, and no price is no row", () => {
  expect(barRow({ ...map, long: [] }, imbalance, 40)).toMatch(/^ {2}·+│/);
  expect(barRow({ ...map, markPrice: null, long: [], short: [] }, imbalance, 40)).toBe("");
});
