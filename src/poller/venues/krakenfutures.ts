import type { RiskTier } from "../../model/types.ts";
import type { Call, CandleRow, Contract, Feed, VenueAdapter } from "../adapter.ts";
import { intervalMs, newestFrom } from "../adapter.ts";
import { asAmount, asFields, asIsoTime, asList, asNumber, asOhlc, asOpenTime, asPositive } from "../read.ts";
import { toRiskTiers } from "../steps.ts";

// Kraken Futures v3, multi-collateral perpetuals (PF_…): base units, dollars, oldest row first, ISO times.
const seconds = (ms: number): number => Math.floor(ms / 1000);

const candlesBetween = (contract: Contract, from: number, to: number): Call => ({
  method: "chartsGetPriceTypeSymbolInterval",
  params: {
    price_type: "trade",
    symbol: contract.id,
    interval: "5m",
    from: seconds(from),
    to: seconds(to - 1),
  },
});

const candles: Feed<CandleRow> = {
  stepMs: intervalMs,
  latest: (contract, limit, now) => candlesBetween(contract, newestFrom(limit, now), now + 1),
  latestLimit: 1000,
  window: candlesBetween,
  windowLimit: 1000,
  rows: (body) => asList(asFields(body, "answer")["candles"], "candles"),
  row: candleRow,
};

function candleRow(row: unknown, contract: Contract): CandleRow {
  const fields = asFields(row, "candle");
  return {
    openTime: asOpenTime(fields["time"], intervalMs),
    ...asOhlc(fields["open"], fields["high"], fields["low"], fields["close"]),
    volume: asAmount(fields["volume"], "volume") * contract.contractSize,
  };
}

/** Each level names where it begins, in dollars. */
function readTiers(body: unknown, contract: Contract): readonly RiskTier[] {
  const instruments = asList(asFields(body, "answer")["instruments"], "instruments");
  const own = instruments.find((each) => asFields(each, "instrument")["symbol"] === contract.id);
  const levels = asList(asFields(own, "instrument")["marginLevels"], "marginLevels").map((level) =>
    asFields(level, "level"),
  );
  const floors = levels.map(({ numNonContractUnits, contracts }) =>
    asAmount(numNonContractUnits ?? contracts, "numNonContractUnits"),
  );
  return toRiskTiers(
    levels.map((level, index) => ({
      cap: floors[index + 1] ?? Infinity,
      maintenanceMarginRate: asPositive(level["maintenanceMargin"], "maintenanceMargin"),
      maxLeverage: 1 / asPositive(level["initialMargin"], "initialMargin"),
    })),
  );
}

export const krakenfutures: VenueAdapter = {
  id: "krakenfutures",
  declares: {
    tier: 3,
    contracts: ["linear"],
    liquidations: "none",
    lacks: {
      openInterestHistory: "our own samples, from the first poll on; before it, today's figure",
      markCandles: "not asked for, to stay within its pace; candles of the last price, their wicks shrunk",
      longShortRatio: "none; nothing stands in",
      takerVolume: "estimated from the candle's shape",
      liquidations: "none; nothing is made up for them",
    },
    // nothing is published for public endpoints; ccxt's pace
    limits: [{ bucket: "public", weight: 100, perMs: 60_000 }],
  },
  settle: "USD",
  ccxt: {},
  candlesOnClose: true,
  liquidationFeeRate: 0,
  boards: [
    {
      call: { method: "publicGetTickers", params: {} },
      rows: (body) => asList(asFields(body, "answer")["tickers"], "tickers"),
      idField: "symbol",
      row: (row, contract, body) => {
        const fields = asFields(row, "row");
        const markPrice = asPositive(fields["markPrice"], "markPrice");
        return {
          at: asIsoTime(asFields(body, "answer")["serverTime"], "serverTime"),
          markPrice,
          openInterest: asPositive(fields["openInterest"], "openInterest") * contract.contractSize,
          // dollars a contract and hour; others tell a share in eight hours
          fundingRate: (8 * asNumber(fields["fundingRate"], "fundingRate")) / markPrice,
        };
      },
    },
  ],
  candles,
  openInterestHistory: [],
  riskTiers: {
    kind: "venue",
    call: () => ({ method: "publicGetInstruments", params: {} }),
    read: readTiers,
  },
};
