import { parseAlertContent } from "../alerts/content.ts";
import { createCharts } from "../charts/charts.ts";
import type { AlertMark, Pictures } from "../charts/contracts.ts";
import { createPictures } from "../charts/pictures.ts";
import { createAlertLog } from "../store/ledger/alertLog.ts";
import type { AlertLog } from "../store/contracts/alertLog.ts";
import { createPictureStore } from "../store/market/pictures.ts";
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
    alerts: readAlertMarks(createAlertLog(redis.commands)),
    liquidations: async (symbol, from) => {
      const prints = await store.liquidations.prints(symbol, from);
      return prints.map(({ at, price, notionalUsd, liquidatedSide }) => {
        return { time: at, price, notionalUsd, liquidatedSide };
      });
    },
  });
}

const mostMarks = 500;

/** When an episode began, and where it pointed; what it said later is no mark of its own. */
function readAlertMarks(log: AlertLog) {
  return async (symbol: string, from: number, to: number): Promise<readonly AlertMark[]> => {
    const logged = await log.alerts(symbol, { from, to, limit: mostMarks });
    const marks = logged.flatMap(({ alertId, episodeId, content, at }) => {
      const read = parseAlertContent(content);
      const begins = alertId === episodeId && read.ok && read.value.kind === "firing";
      return begins ? [{ time: at, direction: read.value.direction }] : [];
    });
    // several rules may fire at the same moment
    return [...new Map(marks.map((mark) => [`${mark.time} ${mark.direction}`, mark])).values()];
  };
}
