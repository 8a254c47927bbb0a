import { describe, expect, test } from "vitest";
import { palettes } from "../../../src/charts/draw/palette.ts";
import { galleryCases } from "../gallery/cases.ts";
import { svgOf } from "../../../src/charts/render/draw.ts";

type Rgb = readonly [number, number, number];

function linearOf(hex: string): Rgb {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** Relative luminance (WCAG 2). */
function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(linearOf(one)), luminance(linearOf(other))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Full deuteranopia and protanopia in linear RGB (Machado, Oliveira and Fernandes 2009). */
const blindness: Readonly<Record<string, readonly Rgb[]>> = {
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
};

function seenWith(kind: string, hex: string): Rgb {
  const colour = linearOf(hex);
  const rows = blindness[kind] ?? [];
  const channel = (row: Rgb | undefined): number =>
    (row ?? [0, 0, 0]).reduce((sum, weight, i) => sum + weight * (colour[i] ?? 0), 0);
  return [channel(rows[0]), channel(rows[1]), channel(rows[2])];
}

describe.each(Object.entries(palettes))("the %s palette", (_theme, palette) => {
  test("has text that can be read on its ground", () => {
    for (const colour of [
      palette.text,
      palette.muted,
      palette.side.long.line,
      palette.side.short.line,
      palette.warning,
    ])
      expect(contrast(colour, palette.background)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.onMark, palette.mark)).toBeGreaterThanOrEqual(7);
    for (const side of Object.values(palette.side))
      expect(contrast(palette.text, side.pill)).toBeGreaterThanOrEqual(7);
  });

  test.each(Object.keys(blindness))("keeps the sides apart with %s", (kind) => {
    const [long, short] = [palette.side.long.line, palette.side.short.line].map((hex) => seenWith(kind, hex));
    const apart = Math.hypot(
      ...(long ?? [0]).map(
        (value, i) => Math.cbrt(Math.max(0, value)) - Math.cbrt(Math.max(0, short?.[i] ?? 0)),
      ),
    );
    expect(apart).toBeGreaterThan(0.12);
  });
});

test("sides speak by shape and word too: longs point down, shorts up", () => {
  const found = galleryCases.find(({ name }) => name === "map dark");
  const svg = found === undefined ? "" : svgOf(found.drawing);
  const { long, short } = palettes.dark.side;
  const tipOf = (colour: string): number => {
    const [, base = "0", tip = "0"] =
      new RegExp(`M[\\d.]+ ([\\d.]+)H[\\d.]+L[\\d.]+ ([\\d.]+)z" fill="${colour}"`).exec(svg) ?? [];
    return Number(tip) - Number(base);
  };
  expect(tipOf(long.line)).toBeGreaterThan(0);
  expect(tipOf(short.line)).toBeLessThan(0);
  expect(svg).toMatch(/longs<\/text>/);
  expect(svg).toMatch(/shorts<\/text>/);
});
