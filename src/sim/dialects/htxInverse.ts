import { price, type Route } from "./dialect.ts";
import {
  bothSides,
  contracts,
  forContract,
  hourly,
  idOf,
  newestWithin,
  okay,
  refuse,
  swapOf,
} from "./htxAnswers.ts";

/** As many liquidations as one answer holds. */
const mostLiquidations = 50;

/** A coin-margined contract that doesn't trade any more. */
const suspended = (code: string, more: object = {}): object => ({
  symbol: code.slice(0, 3),
  contract_code: code,
  contract_size: 10,
  price_tick: 0.00001,
  create_date: "20200303",
  contract_status: 3,
  settlement_date: "1640764800000",
  ...more,
});

/** The third service's; the client refuses an empty list. */
export const noDatedContracts: Route = (_query, venue) =>
  okay(venue, [suspended("BTC261225", { delivery_date: "20261225", delivery_time: "1798185600000" })]);

const contractInfo: Route = (_query, venue) =>
  okay(venue, [...venue.contracts.map(swapOf), suspended("TRX-USD"), suspended("LUNA-USD")]);

const openInterest = forContract(({ quote, instrument }, _query, venue) => {
  const { openInterest: base, markPrice } = quote();
  return okay(venue, [
    {
      volume: bothSides(base, markPrice, instrument),
      amount: 2 * base,
      symbol: instrument.symbol,
      contract_code: idOf(instrument),
      trade_amount: 0,
      trade_volume: 0,
      trade_turnover: 0,
    },
  ]);
});

const fundingRate = forContract(({ quote, instrument }, _query, venue) => {
  const { fundingRate: rate, nextFundingTime } = quote();
  return okay(venue, {
    estimated_rate: null,
    funding_rate: rate.toFixed(18),
    contract_code: idOf(instrument),
    symbol: instrument.symbol,
    fee_asset: instrument.symbol,
    funding_time: String(nextFundingTime),
    next_funding_time: null,
  });
});

const openInterestHistory = hourly(
  ({ openInterest: base, markPrice, time }, instrument) => ({
    volume: bothSides(base, markPrice, instrument),
    amount_type: 1,
    ts: time,
  }),
  {},
);

/** The order's side, numbers as numbers; 0, all kinds of them, must be asked for by name. Newest first. */
const liquidations = forContract(({ liquidations: events, instrument }, query, venue) => {
  if (query.get("trade_type") !== "0") return refuse(venue, 1030, "Input error.");
  const rows = newestWithin(events(0), query, venue).map((event) => ({
    query_id: 452_000 + event.sequence,
    contract_code: idOf(instrument),
    symbol: instrument.symbol,
    direction: event.liquidatedSide === "long" ? "sell" : "buy",
    offset: "close",
    volume: Number(contracts(event.quantity, event.triggerPrice, instrument).toFixed(1)),
    price: Number(price(event.bankruptcyPrice, instrument)),
    created_at: event.time,
    amount: event.quantity,
  }));
  const data = rows.slice(0, mostLiquidations);
  return { status: 200, body: { code: 200, msg: "", data, ts: venue.now() } };
});

/** The service of its coin-margined swaps, as far as its answers have a shape of their own. */
export const htxInverseRoutes: Readonly<Record<string, Route>> = {
  "/swap-api/v1/swap_contract_info": contractInfo,
  "/swap-api/v1/swap_open_interest": openInterest,
  "/swap-api/v1/swap_funding_rate": fundingRate,
  "/swap-api/v1/swap_his_open_interest": openInterestHistory,
  "/swap-api/v3/swap_liquidation_orders": liquidations,
};
