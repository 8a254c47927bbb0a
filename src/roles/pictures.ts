import { createCharts } from "../charts/charts.ts";
import type { Pictures } from "../charts/contracts.ts";
import { createPictures } from "../charts/pictures.ts";
import { createPictureStore } from "../store/pictures.ts";
import type { LopsideOptions } from "./parts.ts";

/** Pictures for every role of this process, from one thread that starts with the first of them. */
export function openPictures(options: LopsideOptions): Pictures {
  const { config, redis, store, clock, log, lifecycle, chartAssets } = options;
  const charts = createCharts(chartAssets === undefined ? {} : { assets: chartAssets });
  lifecycle.add("pictures", charts.close);
  return createPictures({
    symbols: store.symbols,
    store: createPictureStore(redis.commands),
    charts,
    clock,
    log,
    // as everywhere: three polls, and never under ten seconds
    staleAfterMs: Math.max(3 * config.pollIntervalMs, 10_000),
    threshold: config.alerts.ratio,
  });
}
