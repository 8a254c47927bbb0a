import type { Contract } from "../contract.ts";
import { ok, type Query, type Reply, type Route, type VenueView } from "./dialect.ts";
import { idOf } from "./okxUnits.ts";

export const rows = (data: readonly unknown[]): Reply => ok({ code: "0", msg: "", data });
const refuse = (code: string, msg: string): Reply => ok({ code, msg, data: [] });
export const unknownInstrument = refuse(
  "51001",
  "Instrument ID, Instrument ID code, or Spread ID doesn't exist.",
);
export const wrongParameter = (name: string): Reply => refuse("51000", `Parameter ${name} error`);

export const isSwap = (query: Query): boolean => query.get("instType") === "SWAP";

export const forSymbol =
  (answer: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const contract = venue.contracts.find(({ instrument }) => idOf(instrument) === query.get("instId"));
    return contract === undefined ? unknownInstrument : answer(contract, query, venue);
  };

/** All swaps, or the one of `instId`. */
export const forSwaps =
  (answer: (contract: Contract) => unknown): Route =>
  (query, venue) => {
    if (query.has("instId")) return forSymbol((contract) => rows([answer(contract)]))(query, venue);
    return rows(isSwap(query) ? venue.contracts.map((contract) => answer(contract)) : []);
  };
