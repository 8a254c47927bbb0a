import { bundledAssets, type ChartAssets } from "./assets.ts";
import type { Charts, PictureResult } from "./contracts.ts";
import { mapKey, reliabilityKey, spanKey } from "./pictureKey.ts";
import type { Drawing } from "./render/messages.ts";
import { createRendererThread, failure } from "./render/thread.ts";

export interface ChartsOptions {
  readonly assets?: ChartAssets;
  readonly mostWaiting?: number;
  readonly timeoutMs?: number;
}

/** Charts drawn in one persistent thread, which starts with the first of them. */
export function createCharts({ assets = bundledAssets, ...limits }: ChartsOptions = {}): Charts {
  const thread = createRendererThread({ assets, ...limits });
  const draw = async (drawing: Drawing, key: string): Promise<PictureResult> => {
    const result = await thread.draw(drawing);
    return result.kind === "drawn" ? { kind: "picture", ...result.raster, key } : result;
  };
  return {
    map: async (request) =>
      request.map.markPrice === null
        ? failure("no-data", `no venue gave a price of ${request.map.symbol} yet`)
        : draw({ kind: "map", request }, mapKey(request)),
    heatmap: async (request) => draw({ kind: "heatmap", request }, spanKey("heatmap", request)),
    history: async (request) => draw({ kind: "history", request }, spanKey("history", request)),
    reliability: async (request) => draw({ kind: "reliability", request }, reliabilityKey(request)),
    close: thread.close,
  };
}
