import { columnSpans, type HeatmapSpan, type PictureStore } from "../charts/contracts.ts";
import type { Aggregate, VenueInput } from "../model/aggregate.ts";
import { columnOf } from "../model/column.ts";
import { detailOf } from "../model/detail.ts";
import type { LiquidationMap } from "../model/types.ts";
import type { Log } from "../ops/log.ts";

/** What a recompute has committed. */
export interface Committed {
  readonly map: LiquidationMap;
  readonly aggregate: Aggregate;
  readonly inputs: readonly VenueInput[];
}

const spans: readonly HeatmapSpan[] = ["day", "month"];

/**
 * Keeps what pictures need beside the snapshot: with a symbol's first commit of every column, that column, and what
 * the map is made of. Not a part of the commit, which alerts wait for; what is lost is a stripe of a heatmap.
 */
export function createPictureKeeper(store: PictureStore, log: Log): (committed: Committed) => void {
  const newest = new Map<string, number>();

  const beginsColumn = (symbol: string, span: HeatmapSpan, mapTime: number): boolean => {
    const name = `${span} ${symbol}`;
    const time = columnTime(span, mapTime);
    if ((newest.get(name) ?? -Infinity) >= time) return false;
    newest.set(name, time);
    return true;
  };

  const keep = async ({ map, aggregate, inputs }: Committed, due: readonly HeatmapSpan[]): Promise<void> => {
    const { symbol } = map;
    const columns = due.map(async (span) => {
      const column = columnOf(map, columnTime(span, map.time), columnSpans[span]);
      if (column !== undefined) await store.putColumn(symbol, span, column);
    });
    const detail = detailOf(aggregate, inputs);
    await Promise.all([...columns, detail === undefined ? undefined : store.putDetail(symbol, detail)]);
  };

  return (committed) => {
    const { aggregate, map } = committed;
    // a map that nobody stands behind is no column
    if (aggregate.markPrice === undefined) return;
    const due = spans.filter((span) => beginsColumn(map.symbol, span, map.time));
    if (due.length === 0) return;
    setImmediate(() => {
      keep(committed, due).catch((error: unknown) => {
        log.debug({ symbol: map.symbol, error }, "a heatmap's column could not be kept");
      });
    });
  };
}

function columnTime(span: HeatmapSpan, mapTime: number): number {
  const { columnMs } = columnSpans[span];
  return Math.floor(mapTime / columnMs) * columnMs;
}
