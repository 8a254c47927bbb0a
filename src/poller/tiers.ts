import { z } from "zod";
import type { RiskTier } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { MarketCache } from "../store/contracts/memory.ts";
import type { Call, Contract, VenueAdapter } from "./adapter.ts";
import { bracketsAsOf, bracketsOf } from "./bracketTable.ts";
import { openCached } from "./cached.ts";
import type { TierSource } from "./contracts.ts";
import { type Line, nameOf, orAborted } from "./line.ts";
import { Malformed } from "./read.ts";

const refreshAfterMs = 86_400_000;
const retryMs = 600_000;
const sharedMs = 60_000;
/** The boldest venues grant 500. */
const mostLeverage = 1_000;

/** JSON has no infinity: the last tier's cap is null. */
const entrySchema = z.object({
  readAt: z.number(),
  tiers: z
    .array(
      z.object({
        floorNotional: z.number().nonnegative(),
        capNotional: z.number().positive().nullable(),
        maintenanceMarginRate: z.number().positive().lt(1),
        maxLeverage: z.number().positive(),
      }),
    )
    .min(1),
});

const storedSchema = z.object({ version: z.literal(1), byMarket: z.record(z.string(), entrySchema) });

type Entry = z.infer<typeof entrySchema>;

interface TieredSpec {
  readonly riskTiers: readonly RiskTier[];
  readonly tierSource: TierSource;
}

export interface Tiers {
  /** Never rejects: without the venue's word it is our own table, labelled so. */
  readonly of: (contract: Contract, markPrice: number, signal?: AbortSignal) => Promise<TieredSpec>;
}

export interface TiersOptions {
  readonly adapter: VenueAdapter;
  readonly line: Line;
  readonly cache: MarketCache;
  readonly clock: Clock;
  readonly log: Log;
}

export function openTiers({ adapter, line, cache, clock, log }: TiersOptions): Tiers {
  const plan = adapter.riskTiers;
  if (plan.kind === "table") return { of: async (contract) => tableOf(contract) };

  const stored = openCached(cache, `${adapter.id}:tiers`, storedSchema, log);
  const entries = new Map<string, Entry>();
  const nextTryAt = new Map<string, number>();
  let newest: { readonly key: string; readonly at: number; readonly answer: Promise<unknown> } | undefined;
  let restoring: Promise<void> | undefined;

  const restore = async (): Promise<void> => {
    const saved = await stored.read();
    for (const [market, entry] of Object.entries(saved?.byMarket ?? {})) entries.set(market, entry);
  };

  /** Where one answer holds the tiers of all contracts, those who want it within a minute share it. */
  const ask = async (call: Call): Promise<unknown> => {
    const key = JSON.stringify(call);
    if (newest?.key === key && clock.now() - newest.at < sharedMs) return newest.answer;
    const answer = line.ask(call, (body) => body, { optional: true });
    newest = { key, at: clock.now(), answer };
    return answer;
  };

  const refresh = async (contract: Contract, markPrice: number, signal?: AbortSignal): Promise<void> => {
    if (clock.now() < (nextTryAt.get(contract.market) ?? 0)) return;
    nextTryAt.set(contract.market, clock.now() + retryMs);
    const call = plan.call(contract);
    try {
      const body = await orAborted(ask(call), signal);
      const tiers = checked(plan.read(body, contract, markPrice));
      entries.set(contract.market, { readAt: clock.now(), tiers: tiers.map(toStored) });
      await stored.write({ version: 1, byMarket: Object.fromEntries(entries) });
    } catch (error) {
      const { message: reason } = line.refuse(nameOf(call), error);
      log.warn({ venue: adapter.id, market: contract.market, reason }, "risk tiers not refreshed");
    }
  };

  return {
    of: async (contract, markPrice, signal) => {
      restoring ??= restore();
      await restoring;
      const entry = entries.get(contract.market);
      if (entry === undefined) await refresh(contract, markPrice, signal);
      else if (clock.now() - entry.readAt > refreshAfterMs) void refresh(contract, markPrice);
      const current = entries.get(contract.market);
      return current === undefined ? tableOf(contract) : fromVenue(adapter.id, current);
    },
  };
}

function tableOf(contract: Contract): TieredSpec {
  return { riskTiers: bracketsOf(contract.symbol), tierSource: { kind: "table", asOf: bracketsAsOf } };
}

function fromVenue(venue: string, entry: Entry): TieredSpec {
  const riskTiers = entry.tiers.map((tier) => ({ ...tier, capNotional: tier.capNotional ?? Infinity }));
  const asOf = new Date(entry.readAt).toISOString().slice(0, 10);
  return { riskTiers, tierSource: { kind: "venue", asOf, venue } };
}

const toStored = (tier: RiskTier): Entry["tiers"][number] => ({
  ...tier,
  capNotional: tier.capNotional === Infinity ? null : tier.capNotional,
});

/** Each tier begins where the one before it ends and asks for no less margin. */
export function checked(tiers: readonly RiskTier[]): readonly RiskTier[] {
  if (tiers.length === 0) throw new Malformed("no risk tiers");
  for (const [index, tier] of tiers.entries()) {
    const before = tiers[index - 1];
    const rising = before === undefined || tier.maintenanceMarginRate >= before.maintenanceMarginRate;
    const sound =
      tier.maintenanceMarginRate < 1 &&
      tier.maxLeverage <= mostLeverage &&
      tier.capNotional > tier.floorNotional;
    if (!rising || !sound) throw new Malformed(`risk tier ${index + 1} contradicts the others`);
  }
  return tiers;
}
