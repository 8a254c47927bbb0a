import type { Instrument } from "../instruments.ts";
import { contractsIn, quoteOf } from "./dialect.ts";

export const familyOf = (instrument: Instrument): string => `${instrument.symbol}-${quoteOf(instrument)}`;
export const idOf = (instrument: Instrument): string => `${familyOf(instrument)}-SWAP`;

/** Base units of one contract, USD of an inverse one. */
export const contractSizeOf = ({ contractSize, contractUsd }: Instrument): number =>
  contractUsd ?? contractSize;

/** Base units → contracts at a price; a lot is a hundredth of one. */
export const contracts = (base: number, at: number, instrument: Instrument): string =>
  contractsIn(base, at, instrument.contractSize, instrument).toFixed(2);
