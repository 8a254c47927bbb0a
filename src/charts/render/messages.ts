import type { HeatmapRequest, HistoryRequest, MapRequest, ReliabilityRequest } from "../contracts.ts";
import type { Raster } from "./rasterise.ts";

/** What the renderer's thread is asked to draw. */
export type Drawing =
  | { readonly kind: "map"; readonly request: MapRequest }
  | { readonly kind: "heatmap"; readonly request: HeatmapRequest }
  | { readonly kind: "history"; readonly request: HistoryRequest }
  | { readonly kind: "reliability"; readonly request: ReliabilityRequest };

/** What the thread is started with. */
export interface RendererData {
  /** URL of the folder of fonts. */
  readonly fonts: string;
}

/** What it answers, one for each drawing, in their order. */
export type Drawn =
  | { readonly kind: "drawn"; readonly raster: Raster }
  /** This drawing can't be made; others can. */
  | { readonly kind: "refused"; readonly message: string }
  /** No drawing can be made. */
  | { readonly kind: "unfit"; readonly message: string };
