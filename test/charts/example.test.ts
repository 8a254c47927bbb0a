import { expect, test } from "vitest";
import { testAlertContent } from "../../src/alerts/content.ts";
import { plainLook } from "../../src/charts/contracts.ts";
import { exampleMap } from "../../src/charts/example.ts";
import { svgOf } from "../../src/charts/render/draw.ts";

test.each([84_230, 0.00001234])("a test alert's map says what its words say, at a price of %d", (price) => {
  const content = testAlertContent("BTC", 1_795_348_800_000, price);
  const request = exampleMap(content, plainLook);
  for (const [side, distance] of [
    ["long", content.downDistanceRatio],
    ["short", content.upDistanceRatio],
  ] as const) {
    const within = request.map[side].filter(([level]) => Math.abs(level / price - 1) <= distance);
    const sum = within.reduce((total, [, usd]) => total + usd, 0);
    expect(sum / content.notionalUsd).toBeCloseTo(1, 6);
  }
  const svg = svgOf({ kind: "map", request });
  expect(svg).toContain(">TEST</text>");
  expect(svg).toContain("→ $1.1B longs");
});
