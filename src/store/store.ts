import type { Log } from "../ops/log.ts";
import { createBackfills } from "./market/backfills.ts";
import type { Store } from "./contracts/store.ts";
import { createDestinations } from "./destinations/destinations.ts";
import { createDepths } from "./market/depths.ts";
import { createLiquidations } from "./market/liquidations.ts";
import { createOpenInterestLog } from "./market/openInterest.ts";
import { createPositions } from "./market/positions.ts";
import { createMarketCache } from "./market/markets.ts";
import { createOutbox } from "./ledger/outbox.ts";
import { createPace } from "./pace/pace.ts";
import { createRounds } from "./market/rounds.ts";
import { createRules } from "./destinations/rulePages.ts";
import { prepareSchema } from "./schema.ts";
import type { RedisClient } from "./redis/script.ts";
import { createSymbols } from "./market/symbols.ts";
import { createTurns } from "./ledger/turns.ts";

/**
 * Everything Lopside keeps in Redis, over one connection of the role "commands". Throws a StoreError when what is
 * stored is of a version it can't use. The connection stays the caller's to close.
 */
export async function openStore(redis: RedisClient, { log }: { readonly log: Log }): Promise<Store> {
  await prepareSchema(redis);
  return {
    rounds: createRounds(redis, log),
    backfills: createBackfills(redis),
    symbols: createSymbols(redis),
    outbox: createOutbox(redis),
    markets: createMarketCache(redis),
    liquidations: createLiquidations(redis),
    positions: createPositions(redis),
    depths: createDepths(redis),
    openInterest: createOpenInterestLog(redis),
    destinations: createDestinations(redis),
    rules: createRules(redis),
    pace: createPace(redis),
    turns: createTurns(redis),
  };
}
