import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { opaquePng } from "../draw/png.ts";
import { element, picture, textAt } from "../draw/svg.ts";
import type { Weight } from "../draw/text.ts";

/** Files of the fonts, by weight, in the folder that lies beside this module and beside the bundle. */
const fontFiles: Readonly<Record<Weight, string>> = {
  400: "Inter-Regular.ttf",
  600: "Inter-SemiBold.ttf",
  700: "Inter-Bold.ttf",
};

export interface Raster {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type Rasterise = (svg: string) => Raster;

/** Turns SVG into PNG with the fonts of a folder and no others: system fonts differ, and cost 7 ms a picture. */
export function createRasterise(fontFolder: URL): Rasterise {
  const font = {
    loadSystemFonts: false,
    fontFiles: Object.values(fontFiles).map((file) => fileURLToPath(new URL(file, fontFolder))),
    defaultFontFamily: "Inter",
  };
  return (svg) => {
    const image = new Resvg(svg, { font }).render();
    const { width, height } = image;
    return { png: opaquePng(width, height, image.pixels), width, height };
  };
}

/** Weights that leave no ink. The renderer draws nothing, and says nothing, where a font file can't be read. */
export function missingWeights(fontFolder: URL): Weight[] {
  const weights: readonly Weight[] = [400, 600, 700];
  return weights.filter((weight) => {
    const fontFile = fileURLToPath(new URL(fontFiles[weight], fontFolder));
    const font = { loadSystemFonts: false, fontFiles: [fontFile], defaultFontFamily: "Inter" };
    const text = textAt("$84,230 Σ →", { x: 4, y: 30, size: 26, weight, fill: "#ffffff" });
    const { pixels } = new Resvg(picture(200, 40, "#000000", [element("g", {}, text)]), { font }).render();
    return pixels.every((value, i) => i % 4 === 3 || value === 0);
  });
}
