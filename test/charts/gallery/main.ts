import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { svgOf } from "../../../src/charts/render/draw.ts";
import { createRasterise, missingWeights } from "../../../src/charts/render/rasterise.ts";
import { galleryCases, type GalleryCase } from "./cases.ts";

/** What README and the documentation show. */
const documented: ReadonlyMap<string, string> = new Map([
  ["map with bands", "map-dark.png"],
  ["map with bands, light", "map-light.png"],
  ["heatmap dark", "heatmap-dark.png"],
  ["history of 7 days", "history-dark.png"],
]);

/** Renders every case into a folder with one page to look at; scripts/gallery.mjs runs it in the project's root. */
export async function renderGallery(folder: string, imagesFolder: string | undefined): Promise<string> {
  const fonts = pathToFileURL(`${resolve("src/charts/fonts")}/`);
  const missing = missingWeights(fonts);
  if (missing.length > 0) throw new Error(`fonts of weight ${missing.join(", ")} leave no ink`);
  const rasterise = createRasterise(fonts);
  mkdirSync(folder, { recursive: true });
  const figures: string[] = [];
  for (const one of galleryCases) {
    const { png, width, height } = rasterise(svgOf(one.drawing));
    writeFileSync(join(folder, fileName(one)), png);
    const shown = documented.get(one.name);
    if (imagesFolder !== undefined && shown !== undefined) writeFileSync(join(imagesFolder, shown), png);
    figures.push(figure(one, width, height, png.length));
    // pixels are freed between macrotasks only
    await new Promise((resume) => setImmediate(resume));
  }
  const page = join(folder, "index.html");
  writeFileSync(page, pageOf(figures));
  return page;
}

function fileName({ name }: GalleryCase): string {
  return `${name.replaceAll(/[^A-Za-z0-9]+/g, "-")}.png`;
}

/** Each at the width of a desktop chat and at that of a phone. */
function figure(one: GalleryCase, width: number, height: number, bytes: number): string {
  const file = fileName(one);
  const size = `${width} × ${height}, ${Math.round(bytes / 1_000)} KB`;
  return `<figure><figcaption>${one.name} · ${size}</figcaption>
<img src="${file}" width="${width / 2}"><img src="${file}" width="390"></figure>`;
}

function pageOf(figures: readonly string[]): string {
  return `<!doctype html><meta charset="utf-8"><title>Lopside's pictures</title>
<style>body{font:15px sans-serif;background:#808890;color:#fff}figure{margin:20px}img{margin-right:20px;vertical-align:top}</style>
${figures.join("\n")}
`;
}
