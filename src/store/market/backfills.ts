import { packBars } from "./bars.ts";
import type { Backfills } from "../contracts/rounds.ts";
import { symbolKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

/** 30 days of five-minute bars; of a longer history the newest are kept. */
const maxBackfillBars = 8_640;
/** History nobody came for is out of date by then. */
const backfillTtlMs = 24 * 3_600_000;

/**
 * A recompute's outset takes them away (outset.ts). If the worker dies before it commits what it took, the history is
 * not lost for good: the series still has no cursor, so the poller fetches it again. At most 1 MB per series while it
 * waits.
 */
export function createBackfills(redis: RedisClient): Backfills {
  return {
    put: async (symbol, venue, spec, bars) => {
      const { backfills } = symbolKeys(symbol);
      await redis.hset(backfills, venue, packBars(spec, bars.slice(-maxBackfillBars)));
      await redis.pexpire(backfills, backfillTtlMs);
    },
  };
}
