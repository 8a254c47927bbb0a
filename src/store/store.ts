import type { Log } from "../ops/log.ts";
import { createBackfills } from "./backfills.ts";
import type { Store } from "./contracts/store.ts";
import { createDestinations } from "./destinations.ts";
import { createDepths } from "./depths.ts";
import { createLiquidations } from "./liquidations.ts";
import { createOpenInterestLog } from "./openInterest.ts";
import { createPositions } from "./positions.ts";
import { createMarketCache } from "./markets.ts";
import { createOutbox } from "./outbox.ts";
import { createPace } from "./pace.ts";
import { createRounds } from "./rounds.ts";
import { createRules } from "./rulePages.ts";
import { prepareSchema } from "./schema.ts";
import type { RedisClient } from "./script.ts";
import { createSymbols } from "./symbols.ts";
import { createTurns } from "./turns.ts";

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
