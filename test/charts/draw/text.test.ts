import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { picture, textAt } from "../../../src/charts/draw/svg.ts";
import {
  cutToWidth,
  isDrawable,
  shrinkToWidth,
  textWidth,
  type Weight,
} from "../../../src/charts/draw/text.ts";
import { english } from "../../../src/texts/en.ts";
import { languages, textsIn } from "../../../src/texts/texts.ts";

const weights: readonly Weight[] = [400, 600, 700];
const files = ["Regular", "SemiBold", "Bold"].map((name) =>
  fileURLToPath(new URL(`../../../src/charts/fonts/Inter-${name}.ttf`, import.meta.url)),
);
const font = { loadSystemFonts: false, fontFiles: files, defaultFontFamily: "Inter" };

/** px that the renderer's ink covers. */
function inkWidth(text: string, size: number, weight: Weight): number {
  const svg = picture(1200, 100, "#000", [textAt(text, { x: 50, y: 70, size, weight, fill: "#fff" })]);
  const { pixels, width } = new Resvg(svg, { font }).render();
  const inked = Array.from({ length: width }, (_, x) => x).filter((x) =>
    Array.from({ length: 100 }, (_, y) => pixels[4 * (y * width + x)] ?? 0).some((red) => red > 40),
  );
  return (inked.at(-1) ?? 0) - (inked[0] ?? 0);
}

describe("the advance table knows how wide the renderer writes", () => {
  test.each(["−$2,000 → $1.1B longs", "BTC liquidation map", "$0.00001234", "0,5 Mrd. $ ÁÉÍÑ ▲ 2.6× Σ"])(
    "%s",
    (text) => {
      for (const weight of weights) {
        const ink = inkWidth(text, 28, weight);
        const width = textWidth(text, { size: 28, weight });
        // side bearings and kerning are not ink
        expect(ink).toBeLessThan(width + 2);
        expect(ink).toBeGreaterThan(width * 0.93 - 6);
      }
    },
  );
});

test("a character the font does not have counts as the widest", () => {
  const style = { size: 20, weight: 400 } as const;
  expect(isDrawable("漢")).toBe(false);
  expect(textWidth("漢", style)).toBeGreaterThan(textWidth("M", style));
});

test("every text that stands in a picture can be drawn, in every language", () => {
  const ids = Object.keys(english).filter((id) => id.startsWith("chart-"));
  expect(ids.length).toBeGreaterThan(30);
  const numbers = [0.00001234, 0.5, 132.45, 84_230, 1e6, 1.1e9];
  for (const language of languages) {
    const { money, price, percent, ratio, time, age } = textsIn(language);
    const formatted = numbers.flatMap((value) => [money(value), price(value), percent(value), ratio(value)]);
    const texts = [...formatted, time(1e12), age(1e5), ...ids.map((id) => Reflect.get(english, id))];
    expect(texts.filter((text) => typeof text !== "string" || !isDrawable(text))).toEqual([]);
  }
});

const anyText = fc.string({
  unit: fc.constantFrom(...Array.from("abcWMil .,$→−Σ0123456789")),
  maxLength: 40,
});
const style = { size: 26, weight: 700 } as const;

describe("text that must fit", () => {
  test("is cut to the width, and left alone where it fits already", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 30, max: 900 }), (text, width) => {
        const cut = cutToWidth(text, width, style);
        expect(textWidth(cut, style)).toBeLessThanOrEqual(width);
        expect(cut === text || cut.endsWith("…")).toBe(true);
        expect(cut === text).toBe(textWidth(text, style) <= width);
      }),
    );
  });

  test("shrinks no further than allowed, and then only where it is too wide", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 30, max: 900 }), (text, width) => {
        const { size } = shrinkToWidth(text, width, { size: 44, weight: 700 }, 26);
        expect(size).toBeGreaterThanOrEqual(26);
        expect(size === 26 || textWidth(text, { size, weight: 700 }) <= width).toBe(true);
      }),
    );
  });
});
