import type { VenueRoute } from "../support/venueServer.ts";
import type { Truth } from "./world.ts";

export type Change = Readonly<Record<string, unknown>>;

/** What a venue may not tell, so that claims about it are left out. */
export type Untold = "marks" | "history" | "ratio" | "venue time" | "bulk";

/**
 * Venues telling the same truth in their own paths, units and orders, in the shapes ccxt's source shows beside
 * its parsers. Sizes: Binance in base, Bybit's open interest on both sides, OKX in contracts of 0.01.
 */
export interface Dialect {
  readonly id: string;
  readonly routes: (truth: Truth, now: () => number) => Readonly<Record<string, VenueRoute>>;
  readonly lacks: readonly Untold[];
  /** Empty for what the venue lacks. */
  readonly paths: Readonly<Record<"markets" | "mark" | "candles" | "marks" | "history" | "windows", string>>;
  /** "BTC/USDT:USDT", unless said. */
  readonly market?: string;
  /** Quantities are USD. */
  readonly inverse?: true;
  /** Candles aren't asked for in every round. */
  readonly candlesOnClose?: true;
  /** The market list is one of the calls of every round. */
  readonly marketsInRound?: true;
  /** Where the mark is the newest candle's close. */
  readonly markPrice?: (truth: Truth, now: number) => number;
  /** How many candles a request wants, where it says so by a window instead of a limit. */
  readonly rowsAsked?: (query: Readonly<Record<string, string>>) => number;
  /** A whole answer of the mark path with one field of BTC replaced. */
  readonly markAnswer: (truth: Truth, change: Change, now: number) => unknown;
  readonly markField: string;
  /** What a symbol it doesn't know is refused with; left out where nobody wrote that down. */
  readonly unknownSymbol?: { readonly status: number; readonly json: unknown };
}

/** Markets nobody watches. */
export const otherSymbols = ["DOGE", "XRP"];
export const str = String;

/** Which coin a request is about, whatever the venue calls the parameter. */
export function isFor(base: string, query: Readonly<Record<string, string>>): boolean {
  const { symbol, instId, contract, coin, contract_code: code, instrument_name: name, "*": part } = query;
  const named = symbol ?? instId ?? contract ?? coin ?? code ?? name ?? part ?? "";
  return named.replace(/^mark_|^PF_|^trade:5m:t/, "").startsWith(base);
}
