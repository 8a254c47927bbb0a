import { z } from "zod";
import type { Contract } from "./adapter.ts";
import { Malformed } from "./read.ts";

/** A perpetual as the venue lists it, trading or not. */
export const listingSchema = z.object({
  symbol: z.string(),
  market: z.string(),
  id: z.string(),
  contractType: z.enum(["linear", "inverse"]),
  contractSize: z.number().positive(),
  multiplier: z.number().positive(),
  /** False for what is delisted, settling or paused. */
  trading: z.boolean(),
});

export interface Listing extends Contract {
  readonly trading: boolean;
}

/** Coins of which a billion make a contract don't exist. */
const mostContractSize = 1e9;

/** What we need of ccxt's unified market; the rest stays unread. */
const perpetualSchema = z.object({
  id: z.string().min(1),
  symbol: z.string(),
  base: z.string().min(1),
  /** The venue's own spelling, where ccxt keeps it: Hyperliquid's "kPEPE". */
  baseName: z.string().optional(),
  swap: z.literal(true),
  active: z.boolean().optional(),
  linear: z.boolean().optional(),
  inverse: z.boolean().optional(),
  contractSize: z.number().positive().max(mostContractSize),
});

export function readListings(markets: readonly unknown[]): readonly Listing[] {
  const listings = markets.flatMap((market) => readListing(market) ?? []);
  if (!listings.some(({ trading }) => trading))
    throw new Malformed(`no perpetual among ${markets.length} markets`);
  return listings;
}

/** Spot and dated contracts are left out. */
function readListing(market: unknown): Listing | undefined {
  const parsed = perpetualSchema.safeParse(market);
  if (!parsed.success) return undefined;
  const { id, symbol, base, baseName = base, active, linear, inverse, contractSize } = parsed.data;
  if (linear === inverse) return undefined;
  return {
    ...baseOf(baseName),
    market: symbol,
    id,
    contractType: linear === true ? "linear" : "inverse",
    contractSize,
    trading: active !== false,
  };
}

/** "1000PEPE", "SHIB1000", "1MBABYDOGE", "kPEPE": cheap coins are listed by the thousand or million. */
const spellings: readonly { readonly pattern: RegExp; readonly multiplier?: number }[] = [
  { pattern: /^(?<count>10{3,})(?<coin>[A-Z].*)$/ },
  { pattern: /^(?<coin>[A-Z]+)(?<count>10{3,})$/ },
  { pattern: /^1M(?<coin>[A-Z]{3,})$/, multiplier: 1_000_000 },
  { pattern: /^k(?<coin>[A-Z].*)$/, multiplier: 1_000 },
];

/** The coin behind a listed name, and how many of it the name counts as one. */
export function baseOf(name: string): { readonly symbol: string; readonly multiplier: number } {
  for (const { pattern, multiplier } of spellings) {
    const groups = pattern.exec(name)?.groups;
    if (groups?.["coin"] !== undefined)
      return { symbol: groups["coin"], multiplier: multiplier ?? Number(groups["count"]) };
  }
  return { symbol: name.toUpperCase(), multiplier: 1 };
}
