import type { RiskTier } from "../../model/types.ts";
import type { Call, CandleRow, Contract, Feed, MarkRow, VenueAdapter } from "../adapter.ts";
import { intervalMs } from "../adapter.ts";
import {
  asAmount,
  asFields,
  asList,
  asNumber,
  asOhlc,
  asOpenTime,
  asPositive,
  asSeconds,
  asTime,
} from "../read.ts";
import { toRiskTiers } from "../steps.ts";

// KuCoin Futures: sizes in lots (parts of a coin, or USD for inverse), `{ code, data }`. The unified API beside the
// older one knows marks' candles and open interest's history; it counts seconds and puts the close second.
const seconds = (ms: number): number => Math.floor(ms / 1000);
const dataOf = (body: unknown): unknown => asFields(body, "answer")["data"];

const gridFloor = (time: number): number => Math.floor(time / intervalMs) * intervalMs;
const since = (now: number, limit: number): number => gridFloor(now) - (limit - 1) * intervalMs;

const klines = ({ id }: Contract, from: number, to: number): Call => ({
  method: "futuresPublicGetKlineQuery",
  params: { symbol: id, granularity: 5, from, to },
});

const candles: Feed<CandleRow> = {
  stepMs: intervalMs,
  latest: (contract, limit, now) => klines(contract, since(now, limit), now),
  latestLimit: 200,
  window: (contract, from, to) => klines(contract, from, to - 1),
  windowLimit: 200,
  rows: (body) => asList(dataOf(body), "data"),
  row: (row, contract) => {
    const cells = asList(row, "candle");
    return {
      openTime: asOpenTime(cells[0], intervalMs),
      ...asOhlc(cells[1], cells[2], cells[3], cells[4]),
      volume: asAmount(cells[5], "volume") * contract.contractSize,
    };
  },
};

const markKlines = ({ id }: Contract, from: number, to: number): Call => ({
  method: "utaGetMarketKline",
  params: {
    symbol: `${id}-mark-price`,
    tradeType: "FUTURES",
    interval: "5min",
    startAt: seconds(from),
    endAt: seconds(to),
  },
});

const markCandles: Feed<MarkRow> = {
  stepMs: intervalMs,
  latest: (contract, limit, now) => markKlines(contract, since(now, limit), now),
  latestLimit: 1_500,
  window: (contract, from, to) => markKlines(contract, from, to - 1),
  windowLimit: 1_500,
  rows: (body) => asList(asFields(dataOf(body), "data")["list"], "data.list"),
  row: (row) => {
    const cells = asList(row, "candle");
    const { high, low } = asOhlc(cells[1], cells[3], cells[4], cells[2]);
    return { openTime: asOpenTime(asSeconds(cells[0], "candle time"), intervalMs), high, low };
  },
};

const openInterestOf = (fields: Readonly<Record<string, unknown>>, { contractSize }: Contract): number =>
  asPositive(fields["openInterest"], "openInterest") * contractSize;

const history = (contract: Contract, params: Readonly<Record<string, number>>): Call => ({
  method: "utaGetMarketOpenInterest",
  params: { symbol: contract.id, interval: "5min", ...params },
});

/** Limits are in what the contract settles in. */
function readTiers(body: unknown, contract: Contract, markPrice: number): readonly RiskTier[] {
  const quotePerUnit = contract.contractType === "linear" ? 1 : markPrice;
  return toRiskTiers(
    asList(dataOf(body), "data").map((row) => {
      const fields = asFields(row, "row");
      return {
        cap: asPositive(fields["maxRiskLimit"], "maxRiskLimit") * quotePerUnit,
        maintenanceMarginRate: asPositive(fields["maintainMargin"], "maintainMargin"),
        maxLeverage: asPositive(fields["maxLeverage"], "maxLeverage"),
      };
    }),
  );
}

/** The weights of its public pool. */
const weights: Readonly<Record<string, number>> = {
  futuresPublicGetKlineQuery: 3,
  futuresPublicGetContractsActive: 3,
  utaGetMarketKline: 3,
  utaGetMarketOpenInterest: 10,
};

export const kucoinfutures: VenueAdapter = {
  id: "kucoinfutures",
  ccxt: {},
  declares: {
    tier: 2,
    contracts: ["linear", "inverse"],
    liquidations: "none",
    lacks: {
      takerVolume: "estimated from the candle's shape",
      longShortRatio: "none; nothing stands in",
      liquidations: "none; nothing is made up for them",
    },
    limits: [
      { bucket: "public", weight: 2_000, perMs: 30_000, weightOf: ({ method }) => weights[method] ?? 5 },
    ],
  },
  unknownSymbol: /"code":\s*"100003"/,
  reset: { header: "gw-ratelimit-reset", counts: "ms" },
  liquidationFeeRate: 0,
  boards: [
    {
      call: { method: "futuresPublicGetContractsActive", params: {} },
      rows: (body) => asList(dataOf(body), "data"),
      idField: "symbol",
      row: (row) => {
        const fields = asFields(row, "row");
        return {
          markPrice: asPositive(fields["markPrice"], "markPrice"),
          fundingRate: asNumber(fields["fundingFeeRate"], "fundingFeeRate"),
        };
      },
    },
    {
      call: { method: "utaGetMarketOpenInterest", params: {} },
      rows: (body) => asList(dataOf(body), "data"),
      idField: "symbol",
      row: (row, contract) => {
        const fields = asFields(row, "row");
        return { at: asTime(fields["ts"], "ts"), openInterest: openInterestOf(fields, contract) };
      },
    },
  ],
  candles,
  markCandles,
  openInterestHistory: [
    {
      stepMs: intervalMs,
      latest: (contract, limit) => history(contract, { pageSize: limit }),
      latestLimit: 200,
      window: (contract, from, to) => history(contract, { startAt: from, endAt: to - 1, pageSize: 200 }),
      windowLimit: 200,
      rows: (body) => asList(dataOf(body), "data"),
      row: (row, contract) => {
        const fields = asFields(row, "row");
        return { at: asTime(fields["ts"], "ts"), value: openInterestOf(fields, contract) };
      },
    },
  ],
  riskTiers: {
    kind: "venue",
    call: ({ id }) => ({ method: "futuresPublicGetContractsRiskLimitSymbol", params: { symbol: id } }),
    read: readTiers,
  },
};
