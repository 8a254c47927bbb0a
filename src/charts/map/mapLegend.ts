import type { Texts } from "../../texts/texts.ts";
import { venueName } from "../../texts/venues.ts";
import type { MapRequest, MapSplit } from "../contracts.ts";
import type { LegendEntry } from "../draw/legend.ts";
import type { Palette } from "../draw/palette.ts";

export function legendOf({ split }: MapRequest, palette: Palette, texts: Texts): LegendEntry[] {
  return [
    ...layerEntries(split, palette, texts),
    { text: texts.say("chart-sum-longs"), swatch: "line", fill: palette.side.long.line },
    { text: texts.say("chart-sum-shorts"), swatch: "line", fill: palette.side.short.line },
  ];
}

function layerEntries(split: MapSplit | undefined, palette: Palette, texts: Texts): LegendEntry[] {
  if (split === undefined) return [{ text: texts.say("chart-modelled"), swatch: "box", fill: palette.plain }];
  const layers = split.layers.map((name, index) => ({
    text: layerName(split, name, index, texts),
    swatch: "box" as const,
    fill: layerFill(index, split.layers.length, palette),
  }));
  const measured = [split.long, split.short].some((side) => side.measured.some((share) => share > 0));
  if (!measured) return layers;
  return [...layers, { text: texts.say("chart-measured"), swatch: "hatched", fill: palette.measured }];
}

function layerName({ by }: MapSplit, name: string, index: number, texts: Texts): string {
  if (name === "other") return texts.say("chart-other");
  if (by === "venue") return venueName(name);
  return texts.say(index === 0 ? "chart-leverage-least" : "chart-leverage", { leverage: name });
}

/** Layers take colours from the loud end: the highest leverage is always the loudest. */
export function layerFill(index: number, count: number, { layers, plain }: Palette): string {
  return layers[Math.max(0, layers.length - count) + index] ?? plain;
}
