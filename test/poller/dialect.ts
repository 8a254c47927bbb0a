import type { VenueRoute } from "../support/venueServer.ts";
import type { Truth } from "./world.ts";

export type Change = Readonly<Record<string, unknown>>;

/**
 * Three venues telling the same truth in their own paths, units and orders, in the shapes ccxt's source shows beside
 * its parsers. Sizes: Binance in base, Bybit's open interest on both sides, OKX in contracts of 0.01.
 */
export interface Dialect {
  readonly id: string;
  readonly routes: (truth: Truth, now: () => number) => Readonly<Record<string, VenueRoute>>;
  readonly paths: Readonly<Record<"markets" | "mark" | "candles" | "marks" | "history" | "windows", string>>;
  /** A whole answer of the mark path with one field of BTC replaced. */
  readonly markAnswer: (truth: Truth, change: Change, now: number) => unknown;
  readonly markField: string;
  readonly unknownSymbol: { readonly status: number; readonly json: unknown };
}

/** Markets nobody watches. */
export const otherSymbols = ["DOGE", "XRP"];
export const str = String;
