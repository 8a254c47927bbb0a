import type { Contract, VenueAdapter } from "../adapter.ts";
import { asFields, asPositive, asTime } from "../read.ts";
import { candleFeed, candleRow, dataFeed, markRow, premiumIndex, weightOf } from "./binanceusdm.ts";

// Binance COIN-M: USD-M's shapes, sizes in contracts of 100 USD (BTC) or 10 USD, statistics by pair.

/** "BTCUSD_PERP" is of the pair BTCUSD; dated contracts of the same pair have names of their own. */
const pairOf = ({ id }: Contract): string => id.replace(/_PERP$/, "");

export const binancecoinm: VenueAdapter = {
  id: "binancecoinm",
  ccxt: { fetchMarkets: { types: ["inverse"] } },
  declares: {
    tier: 2,
    contracts: ["inverse"],
    liquidations: "websocket",
    lacks: { riskTiers: "its brackets are shown to key holders only; our own dated table stands in" },
    limits: [
      { bucket: "data", matches: (method) => method.startsWith("dapiData"), weight: 1_000, perMs: 300_000 },
      { bucket: "weight", weight: 2_400, perMs: 60_000, weightOf },
    ],
  },
  liquidationFeeRate: 0,
  boards: [premiumIndex("dapiPublicGetPremiumIndex")],
  openInterest: {
    call: (contract) => ({ method: "dapiPublicGetOpenInterest", params: { symbol: contract.id } }),
    read: (body, { contractSize }) => {
      const fields = asFields(body, "answer");
      return {
        at: asTime(fields["time"], "time"),
        value: asPositive(fields["openInterest"], "openInterest") * contractSize,
      };
    },
  },
  candles: candleFeed("dapiPublicGetKlines", candleRow),
  markCandles: candleFeed("dapiPublicGetMarkPriceKlines", markRow),
  openInterestHistory: [
    // its unified counterpart asks for the quarterly contract's
    dataFeed("dapiDataGetOpenInterestHist", {
      field: "sumOpenInterest",
      subject: (contract) => ({ pair: pairOf(contract), contractType: "PERPETUAL" }),
      counted: true,
    }),
  ],
  longShortRatio: dataFeed("dapiDataGetGlobalLongShortAccountRatio", {
    field: "longShortRatio",
    subject: (contract) => ({ pair: pairOf(contract) }),
  }),
  riskTiers: { kind: "table" },
};
