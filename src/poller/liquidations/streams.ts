import type { Contract, Print, PrintReader } from "../adapter.ts";
import type { ExchangeId } from "../exchanges.ts";
import { asFields, asList, asName, asOrderSide, asPositive, asTime } from "../read.ts";

/** A call of one of ccxt's watch methods; waiting for it keeps its subscription alive. */
export interface Watch {
  readonly method: string;
  readonly arguments: readonly unknown[];
}

/** How a venue's liquidations are heard and read. */
export interface Stream extends PrintReader {
  /** What the stream lets through: everything, or the newest of each second and contract. */
  readonly completeness: "all" | "one-a-second";
  readonly watches: (contracts: readonly Contract[]) => readonly Watch[];
  /**
   * Something that says a word every few seconds on the same connection: liquidations may be silent for an hour, and
   * a dead connection is silent too.
   */
  readonly heartbeat: (contract: Contract) => Watch;
}

/** "Buy" was a long: the position's side. */
function sideOfPosition(side: unknown): Print["liquidatedSide"] {
  return asOrderSide(side) === "long" ? "short" : "long";
}

/** `forceOrder`, all symbols of the exchange on one subscription. `z` is what was filled; `l` only the last part of it. */
const binance: Stream = {
  completeness: "one-a-second",
  watches: () => [{ method: "watchLiquidationsForSymbols", arguments: [[]] }],
  heartbeat: ({ market }) => ({ method: "watchMarkPrice", arguments: [market] }),
  rows: (frame) => [asFields(frame, "frame")["o"]],
  read: (row) => {
    const order = asFields(row, "order");
    return {
      id: asName(order["s"], "s"),
      liquidatedSide: asOrderSide(order["S"]),
      contracts: asPositive(order["z"], "z"),
      price: asPositive(order["ap"], "ap"),
      priced: "trigger",
      at: asTime(order["T"], "T"),
    };
  },
};

/** `allLiquidation`, a topic for each symbol, everything, every 500 ms; the price is the bankruptcy price. */
const bybit: Stream = {
  completeness: "all",
  watches: (contracts) =>
    contracts.map(({ market }) => ({ method: "watchLiquidations", arguments: [market] })),
  heartbeat: ({ market }) => ({ method: "watchTicker", arguments: [market] }),
  rows: (frame) => asList(asFields(frame, "frame")["data"], "data"),
  read: (row) => {
    const fields = asFields(row, "row");
    return {
      id: asName(fields["s"], "s"),
      liquidatedSide: sideOfPosition(fields["S"]),
      contracts: asPositive(fields["v"], "v"),
      inUnits: true, // ccxt takes the smallest order for the size of an inverse contract
      price: asPositive(fields["p"], "p"),
      priced: "bankruptcy",
      at: asTime(fields["T"], "T"),
    };
  },
};

/** `liquidation-orders`, one channel for all swaps; a row has several details, and only the first survives in ccxt. */
const okx: Stream = {
  completeness: "one-a-second",
  // an empty list waits for ever: none at all means every swap
  watches: () => [
    { method: "watchLiquidationsForSymbols", arguments: [undefined, undefined, undefined, { type: "swap" }] },
  ],
  heartbeat: ({ market }) => ({ method: "watchTicker", arguments: [market] }),
  rows: (frame) =>
    asList(asFields(frame, "frame")["data"], "data").flatMap((row) => {
      const fields = asFields(row, "row");
      return asList(fields["details"], "details").map((detail) => ({ instId: fields["instId"], detail }));
    }),
  read: (row) => {
    const fields = asFields(row, "row");
    const detail = asFields(fields["detail"], "detail");
    return {
      id: asName(fields["instId"], "instId"),
      liquidatedSide: asOrderSide(detail["side"]),
      contracts: asPositive(detail["sz"], "sz"),
      price: asPositive(detail["bkPx"], "bkPx"),
      priced: "bankruptcy",
      at: asTime(detail["ts"], "ts"),
    };
  },
};

const streams: Readonly<Partial<Record<ExchangeId, Stream>>> = {
  binanceusdm: binance,
  binancecoinm: binance,
  bybit,
  okx,
};

/** Undefined for a venue that streams none. */
export function streamOf(venue: string): Stream | undefined {
  return Object.entries(streams).find(([id]) => id === venue)?.[1];
}
