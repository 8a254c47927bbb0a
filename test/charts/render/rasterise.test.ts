import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { opaquePng } from "../../../src/charts/draw/png.ts";
import { palettes } from "../../../src/charts/draw/palette.ts";
import { createRasterise, missingWeights } from "../../../src/charts/render/rasterise.ts";
import { svgOf } from "../../../src/charts/render/draw.ts";
import { fontFolder } from "../../support/renderer.ts";
import { galleryCases } from "../gallery/cases.ts";

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel. */
  readonly rgb: Uint8Array;
}

/** Reads what `opaquePng` writes: unfiltered rows of three channels. */
function decode(png: Uint8Array): Pixels {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const at = bytes.indexOf("IDAT");
  const rows = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  const rgb = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row += 1) {
    const from = row * (3 * width + 1) + 1;
    rgb.set(rows.subarray(from, from + 3 * width), row * 3 * width);
  }
  return { width, height, rgb };
}

/** Share of a region's pixels that are about of this colour. */
function shareOf(
  colour: string,
  { width, height, rgb }: Pixels,
  region: readonly [number, number, number, number],
) {
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const [x0, y0, x1, y1] = [region[0] * width, region[1] * height, region[2] * width, region[3] * height];
  let [found, all] = [0, 0];
  for (let y = Math.floor(y0); y < y1; y += 1) {
    for (let x = Math.floor(x0); x < x1; x += 1) {
      const at = 3 * (y * width + x);
      all += 1;
      if (wanted.every((value, channel) => Math.abs((rgb[at + channel] ?? 0) - value) < 30)) found += 1;
    }
  }
  return found / all;
}

const rasterise = createRasterise(fontFolder);

function pixelsOf(name: string): Pixels {
  const found = galleryCases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return decode(rasterise(svgOf(found.drawing)).png);
}

describe("there is ink where a trader looks", () => {
  const { dark } = palettes;
  const regions = {
    title: [0, 0, 0.5, 0.1],
    left: [0.1, 0.3, 0.5, 0.85],
    right: [0.52, 0.3, 0.92, 0.85],
    lane: [0, 0.2, 1, 0.3],
    footer: [0, 0.92, 0.5, 1],
  } as const;

  test.each([
    ["map dark", "title", dark.text, 0.05],
    ["map dark", "left", dark.side.long.line, 0.01],
    ["map dark", "right", dark.side.short.line, 0.01],
    ["map dark", "right", dark.layers[5] ?? "", 0.02],
    ["map dark", "right", dark.layers[4] ?? "", 0.02],
    ["map dark", "lane", dark.mark, 0.05],
    ["map dark", "footer", dark.text, 0.03],
    ["map thin", "right", dark.warning, 0.005],
    ["heatmap dark", "right", "#fde725", 0.002],
    ["history of 7 days", "right", dark.side.short.line, 0.01],
  ] as const)("%s: %s", (name, region, colour, least) => {
    expect(shareOf(colour, pixelsOf(name), regions[region])).toBeGreaterThan(least);
  });

  test("and none of what isn't there", () => {
    expect(shareOf(dark.side.long.line, pixelsOf("map, only shorts"), [0.1, 0.35, 0.45, 0.8])).toBeLessThan(
      0.001,
    );
  });

  test("a hole in a heatmap is the bare ground", () => {
    const whole = pixelsOf("heatmap dark");
    const holed = pixelsOf("heatmap with a hole");
    const hole = [0.34, 0.2, 0.4, 0.35] as const;
    expect(shareOf("#10141c", holed, hole)).toBeGreaterThan(0.9);
    expect(shareOf("#10141c", whole, hole)).toBeLessThan(0.5);
  });
});

test("each weight of the font leaves ink; a folder without them leaves none", () => {
  expect(missingWeights(fontFolder)).toEqual([]);
  expect(missingWeights(new URL("./nowhere/", fontFolder))).toEqual([400, 600, 700]);
});

test("an opaque picture keeps every pixel", () => {
  const rgba = Uint8Array.from({ length: 4 * 6 }, (_, i) => (i % 4 === 3 ? 255 : i * 9));
  expect([...decode(opaquePng(3, 2, rgba)).rgb]).toEqual([...rgba].filter((_, i) => i % 4 !== 3));
});
