import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frames } from "../../../src/charts/draw/frame.ts";
import type { Drawing } from "../../../src/charts/render/messages.ts";
import { svgOf } from "../../../src/charts/render/draw.ts";
import { isInside, overlap, textsIn } from "../drawn.ts";
import { galleryCases, mapCase } from "../gallery/cases.ts";
import type { Cluster } from "../samples.ts";

/** Larger than any text but a watermark, which lies across what it warns of. */
const largestText = 60;

function readable(svg: string) {
  return textsIn(svg).filter(({ size }) => size <= largestText);
}

/** What is not legible in a drawing, in words; nothing when all is well. */
function faultsOf(drawing: Drawing): string[] {
  const { note } = frames[drawing.request.look.format];
  const svg = svgOf(drawing);
  const [, width = 0, height = 0] = (/ width="(\d+)" height="(\d+)"/.exec(svg) ?? []).map(Number);
  const texts = readable(svg);
  const outside = texts
    .filter(({ box }) => !isInside(box, width, height))
    .map(({ text }) => `"${text}" leaves`);
  const small = texts
    .filter(({ size }) => size < Math.min(26, note.size))
    .map(({ text }) => `"${text}" is small`);
  const over = texts.flatMap((one, i) =>
    texts
      .slice(i + 1)
      .filter(({ box }) => overlap(one.box, box))
      .map(({ text }) => `"${one.text}" lies over "${text}"`),
  );
  return [...outside, ...small, ...over];
}

describe("every text is inside the picture and over no other", () => {
  test.each(galleryCases.map(({ name, drawing }) => [name, drawing] as const))("%s", (_name, drawing) => {
    expect(faultsOf(drawing)).toEqual([]);
  });

  const anyCluster: fc.Arbitrary<Cluster> = fc.record({
    side: fc.constantFrom("long", "short"),
    at: fc.double({ min: 0.0005, max: 0.24, noNaN: true }),
    width: fc.double({ min: 0.0005, max: 0.05, noNaN: true }),
    usd: fc.double({ min: 1, max: 1e11, noNaN: true }),
    leverage: fc.constantFrom(3, 10, 100),
  });

  test("whatever the market, the price and the look", () => {
    fc.assert(
      fc.property(
        fc.record({
          clusters: fc.array(anyCluster, { maxLength: 8 }),
          exponent: fc.double({ min: -5, max: 6, noNaN: true }),
          notionalUsd: fc.option(fc.double({ min: 1e3, max: 1e10, noNaN: true }), { nil: undefined }),
          symbol: fc.constantFrom("BTC", "1000PEPE", "ABCDEFGHIJKLMNOPQRST"),
          format: fc.constantFrom("wide", "portrait"),
        }),
        ({ clusters, exponent, notionalUsd, symbol, format }) => {
          const market = { clusters, mark: 10 ** exponent, symbol };
          const options = notionalUsd === undefined ? market : { ...market, notionalUsd };
          expect(faultsOf({ kind: "map", request: mapCase(options, { format }) })).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("the caveat is whole in every picture", () => {
  for (const { drawing } of galleryCases.filter(({ drawing }) => drawing.request.look.language === "en"))
    expect(svgOf(drawing)).toContain("Liquidation maps are not price predictions.");
});

test.each([
  ["map thin", "THIN"],
  ["map stale", "STALE"],
  ["map stale, portrait", "STALE"],
])("%s is marked across", (name, word) => {
  const found = galleryCases.find((one) => one.name === name);
  expect(found === undefined ? "" : svgOf(found.drawing)).toContain(`>${word}</text>`);
});

test("a picture of many recordings ends with the eighth, and is as tall as they need", () => {
  const [three, twelve] = ["reliability dark", "reliability of twelve"].map((wanted) => {
    const found = galleryCases.find(({ name }) => name === wanted);
    return found === undefined ? "" : svgOf(found.drawing);
  });
  expect(twelve?.match(/>SOL · 60\u00a0min bars</g)).toHaveLength(8);
  const heightOf = (svg = ""): number => Number(/ height="(\d+)"/.exec(svg)?.[1]);
  expect((heightOf(twelve) - heightOf(three)) / 5).toBeGreaterThan(350);
});

// an embedded image's bytes are zlib's, which differ from one version to the next
test.each(["map dark", "map portrait light", "heatmap dark", "history by the hour", "reliability dark"])(
  "%s looks as it did",
  async (name) => {
    const found = galleryCases.find((one) => one.name === name);
    const svg =
      found === undefined
        ? ""
        : svgOf(found.drawing)
            .replaceAll("><", ">\n<")
            .replace(/base64,[^"]*/, "base64,…");
    await expect(svg).toMatchFileSnapshot(`snapshots/${name.replaceAll(" ", "-")}.svg`);
  },
);
