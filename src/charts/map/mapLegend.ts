import type { Texts } from "../../texts/texts.ts";
import { venueName } from "../../texts/venues.ts";
import type { MapRequest } from "../contracts.ts";
import type { LegendEntry } from "../draw/legend.ts";
import type { Palette } from "../draw/palette.ts";
import type { PriceWindow } from "./window.ts";
import { layersOf, presentLayers, type Layer } from "./layers.ts";

/** What is in the picture, and nothing else. */
export function legendOf(
  request: MapRequest,
  window: PriceWindow,
  palette: Palette,
  texts: Texts,
): LegendEntry[] {
  const layers = layersOf(request);
  const present = presentLayers(request, window);
  const alone = present.length <= 1;
  return [
    ...present.map((layer): LegendEntry => ({
      text: layerName(layer, layers, alone, texts),
      swatch: layer.measured ? "hatched" : "box",
      fill: layerFill(layer, layers, palette),
    })),
    { text: texts.say("chart-sum-longs"), swatch: "line", fill: palette.side.long.line },
    { text: texts.say("chart-sum-shorts"), swatch: "line", fill: palette.side.short.line },
  ];
}

function layerName({ kind, name }: Layer, layers: readonly Layer[], alone: boolean, texts: Texts): string {
  switch (kind) {
    case "measured":
      return texts.say("chart-measured");
    case "venue":
      return venueName(name);
    case "plain":
      return texts.say(alone ? "chart-modelled" : "chart-other");
    case "leverage": {
      const least = layers.find((layer) => layer.kind === "leverage")?.name === name;
      return texts.say(least ? "chart-leverage-least" : "chart-leverage", { leverage: name });
    }
  }
}

/** The highest leverage, or the largest venue, is always the loudest. */
export function layerFill(layer: Layer, layers: readonly Layer[], palette: Palette): string {
  if (layer.kind === "measured") return palette.measured;
  if (layer.kind === "plain") return palette.plain;
  const coloured = layers.filter(({ kind }) => kind === layer.kind);
  const fromTop = coloured.length - 1 - coloured.findIndex(({ name }) => name === layer.name);
  return palette.layers.at(-1 - fromTop) ?? palette.plain;
}
