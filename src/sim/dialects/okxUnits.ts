import type { Instrument } from "../instruments.ts";

export const familyOf = (instrument: Instrument): string => `${instrument.symbol}-USDT`;
export const idOf = (instrument: Instrument): string => `${familyOf(instrument)}-SWAP`;

/** Base units → contracts; a lot is a hundredth of one. */
export const contracts = (base: number, instrument: Instrument): string =>
  (base / instrument.contractSize).toFixed(2);
