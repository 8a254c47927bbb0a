import { parentPort, workerData } from "node:worker_threads";
import { svgOf } from "./render/draw.ts";
import type { Drawing, Drawn, RendererData } from "./render/messages.ts";
import { createRasterise, missingWeights, type Rasterise } from "./render/rasterise.ts";

/** The thread that draws: one drawing in, one answer out. The other end of the port is our own code. */
const data: RendererData = workerData;
const fonts = new URL(data.fonts);
const missing = missingWeights(fonts);
const rasterise = createRasterise(fonts);

parentPort?.on("message", (drawing: Drawing) => {
  const drawn = draw(drawing, rasterise);
  // native pixels are freed between macrotasks only: without this step, a busy thread keeps every picture it drew
  setImmediate(() => parentPort?.postMessage(drawn));
});

function draw(drawing: Drawing, rasterise: Rasterise): Drawn {
  if (missing.length > 0)
    return {
      kind: "unfit",
      message: `fonts of weight ${missing.join(", ")} leave no ink: look into ${fonts.pathname}`,
    };
  try {
    return { kind: "drawn", raster: rasterise(svgOf(drawing)) };
  } catch (error) {
    return { kind: "refused", message: error instanceof Error ? error.message : String(error) };
  }
}
