import type { Contract } from "../contract.ts";
import type { Instrument } from "../instruments.ts";
import {
  type Dialect,
  durationOf,
  integer,
  ok,
  price,
  reachOf,
  type Query,
  type Reply,
  type Route,
  silentFeed,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

const pairOf = (instrument: Instrument): string => `${instrument.symbol}F0:USTF0`;
const idOf = (instrument: Instrument): string => `t${pairOf(instrument)}`;
const refuse = (status: number, code: number, text: string): Reply => ({
  status,
  body: ["error", code, text],
});
const maxRows = 10_000;
const maxStatusRows = 5_000;

/** The varying parts of a path come in their order. */
const named =
  (
    nameIn: (part: string) => string,
    answer: (contract: Contract, query: Query, venue: VenueView) => Reply,
  ): Route =>
  (query, venue) => {
    const name = nameIn(query.get("*") ?? "");
    const contract = venue.contracts.find(({ instrument }) => idOf(instrument) === name);
    return contract === undefined ? refuse(500, 10020, "symbol: invalid") : answer(contract, query, venue);
  };

const windowOf = (query: Query, venue: VenueView, stepMs: number, most: number) => {
  const limit = Math.min(most, integer(query, "limit") ?? 100);
  const until = Math.min(venue.now(), integer(query, "end") ?? Infinity);
  return { limit, until, since: integer(query, "start") ?? reachOf(limit, stepMs, until) };
};

/** `trade:5m:tBTCF0:USTF0`: newest first; a bar in which nothing was traded is left out. */
const candles = named(
  (part) => part.split(":").slice(2).join(":"),
  (contract, query, venue) => {
    const intervalMs = durationOf(query.get("*")?.split(":")[1] ?? "");
    if (intervalMs === undefined) return refuse(500, 10020, "timeframe: invalid");
    const { limit, until, since } = windowOf(query, venue, intervalMs, maxRows);
    const rows = contract.candles(intervalMs, since, until + 1).filter(({ volume }) => volume > 0);
    const numbers = (values: readonly number[]): readonly number[] =>
      values.map((value) => Number(price(value, contract.instrument)));
    return ok(
      rows
        .slice(-limit)
        .toReversed()
        .map((candle) => [
          candle.openTime,
          ...numbers([candle.open, candle.close, candle.high, candle.low]),
          candle.volume,
        ]),
    );
  },
);

interface Status {
  readonly time: number;
  readonly markPrice: number;
  readonly openInterest: number;
  readonly fundingRate: number;
}

/** Cells of a status; many are empty. */
function statusCells({ time, markPrice, openInterest, fundingRate }: Status): readonly unknown[] {
  const cells = Array.from<unknown>({ length: 23 }).fill(null);
  const figures: readonly (readonly [number, unknown])[] = [
    [0, time],
    [2, markPrice],
    [3, markPrice],
    [5, 37_671_483.04],
    [7, time + 3_600_000],
    [8, fundingRate],
    [9, 317],
    [11, fundingRate],
    [14, markPrice],
    [17, openInterest],
    [21, 0.0005],
    [22, 0.0025],
  ];
  for (const [index, value] of figures) cells[index] = value;
  return cells;
}

const status: Route = (_query, venue) =>
  ok(venue.contracts.map(({ instrument, quote }) => [idOf(instrument), ...statusCells(quote())]));

/** Rows come some seconds before the full minute; the simulated ones every five minutes. */
const statusHistory = named(
  (part) => part,
  ({ samples, quote }, query, venue) => {
    const { limit, until, since } = windowOf(query, venue, 60_000, maxStatusRows);
    const { fundingRate } = quote();
    const rows = samples(since, until + 1)
      .slice(-limit)
      .toReversed();
    return ok(rows.map((sample) => statusCells({ ...sample, time: sample.time - 9_000, fundingRate })));
  },
);

const pairCells = ({ instrument, profile }: Contract): unknown => {
  const [first] = profile.riskTiers(instrument.maxLeverage);
  const margins = [1 / (first?.maxLeverage ?? 1), first?.maintenanceMarginRate ?? 0];
  return [
    pairOf(instrument),
    [null, null, null, String(instrument.lotSize), "100.0", null, null, null, ...margins],
  ];
};

const maxLiquidations = 500;

/** Newest first; of each position what triggered it, without a price, and what was taken over. */
const liquidations: Route = (query, venue) => {
  const from = integer(query, "start") ?? 0;
  const to = integer(query, "end") ?? venue.now();
  const rows = venue.contracts
    .flatMap(({ instrument, liquidations }) => liquidations(0).map((event) => ({ event, instrument })))
    .filter(({ event }) => event.time >= from && event.time <= to)
    .toSorted((a, b) => b.event.time - a.event.time)
    .flatMap(({ event, instrument }) => {
      const { sequence, time, quantity, liquidatedSide, triggerPrice } = event;
      const amount = liquidatedSide === "long" ? quantity : -quantity;
      const head = ["pos", sequence, time, null, idOf(instrument), amount, triggerPrice, null];
      return [[[...head, 1, 1, null, triggerPrice]], [[...head, 0, 1, null, null]]];
    });
  return ok(rows.slice(0, integer(query, "limit") ?? maxLiquidations));
};

/** One list a label of the comma-separated configuration. */
const configuration: Route = (query, venue) =>
  ok(
    (query.get("*") ?? "").split(",").map((label) => {
      if (label === "pub:info:pair:futures") return venue.contracts.map(pairCells);
      return label === "pub:info:pair" ? [["BTCUSD", [null, null, null, "0.00004", "2000.0"]]] : [];
    }),
  );

/** Bitfinex v2: lists of cells, base units, newest first, errors with HTTP 500. */
export const bitfinex: Dialect = {
  profile: {
    id: "bitfinex",
    openInterestShare: 0.03,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.46, leverageShares: [10, 15, 16, 14, 9, 4, 1.5, 0] },
    short: { hedgedShare: 0.5, leverageShares: [11, 15, 15, 13, 8, 3.5, 1.2, 0] },
    riskTiers: tiersOf([[Infinity, 0.005, 100]]),
  },
  routes: {
    "/v2/conf/*": configuration,
    "/v2/status/deriv": status,
    "/v2/status/deriv/*/hist": statusHistory,
    "/v2/candles/*/hist": candles,
    "/v2/liquidations/hist": liquidations,
  },
  unknownPath: { status: 404, body: ["error", 10020, "not found"] },
  tooManyRequests: { status: 429, body: { error: "ERR_RATE_LIMIT" } },
  feed: silentFeed,
};
