import { heatmapSvg } from "../heatmap/heatmapSvg.ts";
import { historySvg } from "../history/historySvg.ts";
import { mapSvg } from "../map/mapSvg.ts";
import { reliabilitySvg } from "../reliability/reliabilitySvg.ts";
import type { Drawing } from "./messages.ts";

/** The drawing as SVG. */
export function svgOf(drawing: Drawing): string {
  switch (drawing.kind) {
    case "map":
      return mapSvg(drawing.request);
    case "heatmap":
      return heatmapSvg(drawing.request);
    case "history":
      return historySvg(drawing.request);
    case "reliability":
      return reliabilitySvg(drawing.request);
  }
}
