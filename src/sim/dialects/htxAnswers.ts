import type { Contract } from "../contract.ts";
import type { TrueLiquidation } from "../contracts.ts";
import { decimalsOf, type Instrument, isInverse } from "../instruments.ts";
import type { Sample } from "../samples.ts";
import {
  contractsIn,
  durationOf,
  integer,
  ok,
  type Query,
  quoteOf,
  reachOf,
  type Reply,
  type Route,
  type VenueView,
} from "./dialect.ts";

const maxStatistics = 200;

export const idOf = (instrument: Instrument): string => `${instrument.symbol}-${quoteOf(instrument)}`;

/** Base units of a linear contract. */
const linearSizeOf = ({ lotSize }: Instrument): number => lotSize * 10;

export const contracts = (base: number, at: number, instrument: Instrument): number =>
  contractsIn(base, at, linearSizeOf(instrument), instrument);

/** Volumes and open interest name every contract twice, once for its buyer and once for its seller. */
export const bothSides = (base: number, at: number, instrument: Instrument): number =>
  2 * Math.round(contracts(base, at, instrument));

export const okay = (venue: VenueView, data: unknown): Reply => ok({ status: "ok", data, ts: venue.now() });
export const newer = (venue: VenueView, data: unknown): Reply =>
  ok({ code: 200, message: "Success", data, ts: venue.now() });
export const refuse = (venue: VenueView, code: number, message: string): Reply =>
  ok({ status: "error", err_code: code, err_msg: message, ts: venue.now() });

export const forContract =
  (answer: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const code = query.get("contract_code") ?? query.get("contract");
    const contract = venue.contracts.find(({ instrument }) => idOf(instrument) === code);
    return contract === undefined
      ? refuse(venue, 1013, "This contract symbol doesnt exist.")
      : answer(contract, query, venue);
  };

type Routes = Readonly<Record<string, Route>>;

/** Linear and inverse swaps are two services, neither of which knows the other's contracts. */
export function serving(kind: "linear" | "inverse", routes: Routes): Routes {
  const isServed = ({ instrument }: Contract): boolean => isInverse(instrument) === (kind === "inverse");
  const served = (route: Route): Route => {
    return (query, venue) => route(query, { ...venue, contracts: venue.contracts.filter(isServed) });
  };
  return Object.fromEntries(Object.entries(routes).map(([path, route]) => [path, served(route)]));
}

/** What both services list of a swap. */
export const swapOf = ({ instrument }: Contract): object => ({
  symbol: instrument.symbol,
  contract_code: idOf(instrument),
  contract_size:
    instrument.contractUsd ?? Number(linearSizeOf(instrument).toFixed(decimalsOf(instrument.lotSize))),
  price_tick: instrument.tickSize,
  create_date: "20201021",
  contract_status: 1,
  settlement_date: "1640764800000",
});

/** Open interest, hourly and coarser, the newest ones only. */
export const hourly = (row: (sample: Sample, instrument: Instrument) => object, more: object): Route =>
  forContract(({ samples, instrument }, query, venue) => {
    const periodMs = durationOf(query.get("period") ?? "");
    if (periodMs === undefined || periodMs < 3_600_000) return refuse(venue, 1030, "Input error.");
    const size = Math.min(maxStatistics, integer(query, "size") ?? 48);
    const tick = samples(reachOf(size, periodMs, venue.now()), venue.now() + 1)
      .filter(({ time }) => time % periodMs === 0)
      .slice(-size)
      .toReversed()
      .map((sample) => row(sample, instrument));
    return okay(venue, { symbol: instrument.symbol, tick, contract_code: idOf(instrument), ...more });
  });

/** Those of a window, newest first. */
export function newestWithin(
  events: readonly TrueLiquidation[],
  query: Query,
  venue: VenueView,
): readonly TrueLiquidation[] {
  const from = integer(query, "start_time") ?? 0;
  const to = integer(query, "end_time") ?? venue.now();
  return events.filter(({ time }) => time >= from && time <= to).toReversed();
}
