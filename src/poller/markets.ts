import { z } from "zod";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { MarketCache } from "../store/contracts.ts";
import type { Contract } from "./adapter.ts";
import { openCached } from "./cached.ts";
import { Refusal } from "./failure.ts";
import type { Line } from "./line.ts";
import { orAborted, stopIfAborted } from "./line.ts";
import { Malformed } from "./read.ts";

const refreshAfterMs = 6 * 3_600_000;
/** A missing symbol asks for the list again, but not in every round. */
const missingRetryMs = 600_000;

const contractSchema = z.object({
  symbol: z.string(),
  market: z.string(),
  id: z.string(),
  contractType: z.enum(["linear", "inverse"]),
  contractSize: z.number().positive(),
  multiplier: z.number().positive().default(1),
});

const listSchema = z.object({
  version: z.literal(1),
  /** When the venue was asked, epoch ms. */
  readAt: z.number(),
  contracts: z.array(contractSchema).min(1),
});

type MarketList = z.infer<typeof listSchema>;

/** What we need of ccxt's unified market; the rest stays unread. */
const perpetualSchema = z.object({
  id: z.string().min(1),
  symbol: z.string(),
  base: z.string().min(1),
  swap: z.literal(true),
  active: z.boolean().optional(),
  linear: z.boolean().optional(),
  inverse: z.boolean().optional(),
  contractSize: z.number().positive(),
});

export interface Markets {
  /** The venue's main linear perpetual of a base asset; rejects with a Refusal. */
  readonly contractOf: (symbol: string, signal?: AbortSignal) => Promise<Contract>;
}

export interface MarketsOptions {
  readonly venue: string;
  /** What its main linear contracts are quoted and settled in. */
  readonly settle?: string | undefined;
  readonly line: Line;
  readonly cache: MarketCache;
  readonly clock: Clock;
  readonly log: Log;
}

export function openMarkets({ venue, settle = "USDT", line, cache, clock, log }: MarketsOptions): Markets {
  const stored = openCached(cache, venue, listSchema, log);
  let known: { readAt: number; contracts: ReadonlyMap<string, Contract> } | undefined;
  let refreshing: Promise<void> | undefined;
  let nextRefreshAt = 0;

  const keep = (list: MarketList): void => {
    known = { readAt: list.readAt, contracts: new Map(list.contracts.map((item) => [item.market, item])) };
  };

  // ccxt keeps a rejected loadMarkets() for ever; fetchMarkets() has no such memory, nor do we
  const download = async (): Promise<void> => {
    const contracts = await line.fetchMarkets(readContracts);
    const list: MarketList = { version: 1, readAt: clock.now(), contracts: [...contracts] };
    keep(list);
    await stored.write(list);
  };

  const refresh = async (): Promise<void> => {
    refreshing ??= download().finally(() => {
      refreshing = undefined;
      nextRefreshAt = clock.now() + missingRetryMs;
    });
    return refreshing;
  };

  const refreshQuietly = async (): Promise<void> => {
    if (clock.now() < nextRefreshAt) return;
    try {
      await refresh();
    } catch (error) {
      log.warn(
        { venue, reason: String(error) },
        "market list could not be refreshed; the old one stays in use",
      );
    }
  };

  const load = async (): Promise<void> => {
    const list = refreshing === undefined ? await stored.read() : undefined;
    if (known !== undefined) return;
    if (list === undefined) return refresh();
    keep(list);
  };

  return {
    contractOf: async (symbol, signal) => {
      if (known === undefined) await orAborted(load(), signal);
      stopIfAborted(signal);
      const market = `${symbol}/${settle}:${settle}`;
      if (known?.contracts.has(market) === false) await orAborted(refreshQuietly(), signal);
      else if (clock.now() - (known?.readAt ?? 0) > refreshAfterMs) void refreshQuietly();
      const contract = known?.contracts.get(market);
      if (contract !== undefined) return contract;
      throw new Refusal({
        kind: "give-up-symbol",
        reason: `${venue} lists no perpetual ${market} for ${symbol}`,
      });
    },
  };
}

function readContracts(markets: readonly unknown[]): readonly Contract[] {
  const contracts = markets.flatMap((market) => readContract(market) ?? []);
  if (contracts.length === 0) throw new Malformed(`no perpetual among ${markets.length} markets`);
  return contracts;
}

/** Spot, dated and delisted contracts are left out. */
function readContract(market: unknown): Contract | undefined {
  const parsed = perpetualSchema.safeParse(market);
  if (!parsed.success) return undefined;
  const { id, symbol, base, active, linear, inverse, contractSize } = parsed.data;
  if (active === false || linear === inverse) return undefined;
  return {
    symbol: base,
    market: symbol,
    id,
    contractType: linear === true ? "linear" : "inverse",
    contractSize,
    multiplier: 1,
  };
}
