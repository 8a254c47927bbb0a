import type { Candle } from "../candles.ts";
import { type Instrument, isInverse } from "../instruments.ts";
import { contractsIn, quantity } from "./dialect.ts";

/** Bybit's word for a kind of contract. */
export const categoryOf = (instrument: Instrument): string => (isInverse(instrument) ? "inverse" : "linear");

/** Base units as the contract counts them: coins, or whole dollars at a price. */
export const amount = (base: number, at: number, instrument: Instrument): string =>
  isInverse(instrument)
    ? String(Math.round(contractsIn(base, at, 1, instrument)))
    : quantity(base, instrument);

/** Every contract counted twice, once for its buyer and once for its seller. */
export const bothSides = (base: number, at: number, instrument: Instrument): string =>
  isInverse(instrument) ? String(2 * Number(amount(base, at, instrument))) : quantity(2 * base, instrument);

/** Base units in what the contract settles in: dollars, or the coin itself. */
export const settled = (base: number, at: number, instrument: Instrument): string =>
  isInverse(instrument) ? quantity(base, instrument) : (base * at).toFixed(2);

export const turnover = ({ volume, quoteVolume }: Candle, instrument: Instrument): string =>
  (isInverse(instrument) ? volume : quoteVolume).toFixed(4);
