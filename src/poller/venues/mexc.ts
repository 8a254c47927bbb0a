import type { RiskTier } from "../../model/types.ts";
import type { Call, CandleRow, Contract, Feed, MarkRow, VenueAdapter } from "../adapter.ts";
import { intervalMs, newestFrom } from "../adapter.ts";
import type { Fields } from "../read.ts";
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

// MEXC contract v1: sizes in contracts, candles as columns with times in seconds, `{ success, code, data }`.
const dataOf = (body: unknown): unknown => asFields(body, "answer")["data"];
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Columns of equal length turned into rows. */
function rowsOf(body: unknown): readonly unknown[] {
  const columns = asFields(dataOf(body), "data");
  const times = asList(columns["time"], "time");
  const named = ["open", "high", "low", "close", "vol"].map(
    (name) => [name, name in columns ? asList(columns[name], name) : []] as const,
  );
  return times.map((time, index) => ({
    time,
    ...Object.fromEntries(named.map(([name, cells]) => [name, cells[index]])),
  }));
}

const candleFeed = <Row>(
  endpoint: string,
  row: (fields: Fields, openTime: number, contract: Contract) => Row,
): Feed<Row> => {
  const call = (contract: Contract, from: number, to: number): Call => ({
    method: `contractPublicGet${endpoint}Symbol`,
    params: { symbol: contract.id, interval: "Min5", start: seconds(from), end: seconds(to - 1) },
  });
  return {
    stepMs: intervalMs,
    latest: (contract, limit, now) => call(contract, newestFrom(limit, now), now + 1),
    latestLimit: 1000,
    window: call,
    windowLimit: 1000,
    rows: rowsOf,
    row: (raw, contract) => {
      const fields = asFields(raw, "candle");
      return row(fields, asOpenTime(asSeconds(fields["time"], "candle time"), intervalMs), contract);
    },
  };
};

const ohlcOf = (fields: Fields) => asOhlc(fields["open"], fields["high"], fields["low"], fields["close"]);

const candleRow = (fields: Fields, openTime: number, { contractSize }: Contract): CandleRow => ({
  openTime,
  ...ohlcOf(fields),
  volume: asAmount(fields["vol"], "vol") * contractSize,
});

const markRow = (fields: Fields, openTime: number): MarkRow => {
  const { high, low } = ohlcOf(fields);
  return { openTime, high, low };
};

/** The table is a rule: so many contracts at the base rates, and with each further step both rates grow. */
function readTiers(body: unknown, contract: Contract, markPrice: number): readonly RiskTier[] {
  const data = dataOf(body);
  const rows = (Array.isArray(data) ? data : [data]).map((row) => asFields(row, "row"));
  const rule = asFields(
    rows.find((row) => row["symbol"] === contract.id),
    "contract",
  );
  const base = asPositive(rule["riskBaseVol"], "riskBaseVol");
  const more = asAmount(rule["riskIncrVol"], "riskIncrVol");
  const steps = more === 0 ? 1 : asPositive(rule["riskLevelLimit"], "riskLevelLimit");
  const quotePerContract = contract.contractSize * markPrice;
  return toRiskTiers(
    Array.from({ length: Math.min(steps, mostSteps) }, (_, index) => ({
      cap: (base + index * more) * quotePerContract,
      maintenanceMarginRate: grown(rule, "maintenanceMarginRate", "riskIncrMmr", index),
      maxLeverage: 1 / grown(rule, "initialMarginRate", "riskIncrImr", index),
    })),
  );
}

const mostSteps = 100;

const grown = (rule: Fields, rate: string, increment: string, steps: number): number =>
  asPositive(rule[rate], rate) + steps * asAmount(rule[increment], increment);

export const mexc: VenueAdapter = {
  id: "mexc",
  declares: {
    tier: 2,
    contracts: ["linear"],
    liquidations: "none",
    lacks: {
      openInterestHistory: "our own samples, from the first poll on; before it, today's figure",
      longShortRatio: "none; nothing stands in",
      takerVolume: "estimated from the candle's shape",
      liquidations: "none; nothing is made up for them",
    },
    // MEXC counts each endpoint by itself
    limits: [{ bucket: "contract", weight: 20, perMs: 2_000 }],
  },
  listing: "fetchSwapMarkets", // the unified list asks for two thousand spot pairs too
  ccxt: {},
  liquidationFeeRate: 0,
  boards: [
    {
      call: { method: "contractPublicGetTicker", params: {} },
      rows: (body) => asList(dataOf(body), "data"),
      idField: "symbol",
      row: (row, contract) => {
        const fields = asFields(row, "row");
        return {
          at: asTime(fields["timestamp"], "timestamp"),
          markPrice: asPositive(fields["fairPrice"], "fairPrice"),
          openInterest: asPositive(fields["holdVol"], "holdVol") * contract.contractSize,
          fundingRate: asNumber(fields["fundingRate"], "fundingRate"),
        };
      },
    },
  ],
  candles: candleFeed("Kline", candleRow),
  markCandles: candleFeed("KlineFairPrice", markRow),
  openInterestHistory: [],
  riskTiers: {
    kind: "venue",
    call: (contract) => ({ method: "contractPublicGetDetail", params: { symbol: contract.id } }),
    read: readTiers,
  },
};
