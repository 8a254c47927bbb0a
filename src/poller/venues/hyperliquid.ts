import type { RiskTier } from "../../model/types.ts";
import type {
  Call,
  CandleRow,
  Contract,
  Feed,
  Held,
  PublicPositions,
  Trader,
  VenueAdapter,
} from "../adapter.ts";
import { intervalMs, newestFrom } from "../adapter.ts";
import {
  asAmount,
  asFields,
  asList,
  asNumber,
  asOhlc,
  asOpenTime,
  asPositive,
  asTime,
  Malformed,
} from "../read.ts";
import { toRiskTiers } from "../steps.ts";

// Hyperliquid info: one endpoint, asked by POST; base units, USDC, numbers as strings, oldest row first.
const bookLevels = 20;
const method = "publicPostInfo";

/** Its own spelling: what is listed by the thousand is "kPEPE". */
const coinOf = ({ symbol, multiplier }: Contract): string => (multiplier === 1 ? symbol : `k${symbol}`);

const candlesBetween = (contract: Contract, from: number, to: number): Call => ({
  method,
  params: {
    type: "candleSnapshot",
    req: { coin: coinOf(contract), interval: "5m", startTime: from, endTime: to - 1 },
  },
});

const candles: Feed<CandleRow> = {
  stepMs: intervalMs,
  latest: (contract, limit, now) => candlesBetween(contract, newestFrom(limit, now), now + 1),
  latestLimit: 1000,
  window: candlesBetween,
  windowLimit: 1000,
  keptMs: 5000 * intervalMs, // "only the most recent 5000 candles are available"
  rows: (body) => asList(body, "answer"),
  row: (row) => {
    const fields = asFields(row, "candle");
    return {
      openTime: asOpenTime(fields["t"], intervalMs),
      ...asOhlc(fields["o"], fields["h"], fields["l"], fields["c"]),
      volume: asAmount(fields["v"], "v"),
    };
  },
};

/** Two lists beside each other: what the contracts are, and how they stand. ccxt names a contract by its place. */
function contexts(body: unknown): readonly unknown[] {
  const [meta, states] = asList(body, "answer");
  const universe = asList(asFields(meta, "meta")["universe"], "universe");
  const list = asList(states, "contexts");
  return universe.map((_, index) => ({ id: String(index), ...asFields(list[index], "context") }));
}

/** Maintenance margin is half of the initial margin at the highest leverage of the tier. */
function readTiers(body: unknown, contract: Contract): readonly RiskTier[] {
  const meta = asFields(body, "answer");
  const own = asFields(asList(meta["universe"], "universe")[Number(contract.id)], "contract");
  const table = asList(meta["marginTables"] ?? [], "marginTables")
    .map((each) => asList(each, "margin table"))
    .find(([id]) => id === own["marginTableId"])?.[1];
  const tiers =
    table === undefined ? [] : asList(asFields(table, "margin table")["marginTiers"], "marginTiers");
  const steps = tiers.map((tier) => asFields(tier, "tier"));
  const whole = [{ lowerBound: 0, maxLeverage: own["maxLeverage"] }];
  const levels = steps.length === 0 ? whole.map((level) => asFields(level, "tier")) : steps;
  return toRiskTiers(
    levels.map((level, index) => {
      const next = levels[index + 1];
      const maxLeverage = asPositive(level["maxLeverage"], "maxLeverage");
      return {
        cap: next === undefined ? Infinity : asPositive(next["lowerBound"], "lowerBound"),
        maintenanceMarginRate: 1 / (2 * maxLeverage),
        maxLeverage,
      };
    }),
  );
}

const addressPattern = /^0x[0-9a-f]{40}$/;

function asAddress(value: unknown): string {
  const address = typeof value === "string" ? value.toLowerCase() : "";
  if (!addressPattern.test(address)) throw new Malformed(`user is not an address: ${String(value)}`);
  return address;
}

/** Buyer and seller of each of the newest trades. */
function readTraders(body: unknown): readonly Trader[] {
  return asList(body, "answer").flatMap((each) => {
    const { px, sz, users } = asFields(each, "trade");
    const notionalUsd = asPositive(px, "px") * asPositive(sz, "sz");
    return asList(users ?? [], "users").map((user) => ({ address: asAddress(user), notionalUsd }));
  });
}

/** Positions, with the liquidation price that Hyperliquid reports; null is never. */
function readAccount(body: unknown): { at: number; held: readonly Held[] } {
  const { assetPositions, time } = asFields(body, "answer");
  const held = asList(assetPositions, "assetPositions").flatMap((each): Held[] => {
    const position = asFields(asFields(each, "assetPosition")["position"], "position");
    const { coin, liquidationPx } = position;
    const size = asNumber(position["szi"], "szi");
    if (typeof coin !== "string") throw new Malformed("coin is not a name");
    if (size === 0) return [];
    const held = { coin, size, notionalUsd: asAmount(position["positionValue"], "positionValue") };
    if (liquidationPx === null || liquidationPx === undefined) return [held];
    const price = asNumber(liquidationPx, "liquidationPx");
    // a price at or below zero is never, too
    return [price > 0 ? { ...held, liquidationPrice: price } : held];
  });
  return { at: asTime(time, "time"), held };
}

const positions: PublicPositions = {
  coinOf,
  traders: {
    call: (contract) => ({ method, params: { type: "recentTrades", coin: coinOf(contract) } }),
    read: readTraders,
  },
  account: {
    call: (address) => ({ method, params: { type: "clearinghouseState", user: address } }),
    read: readAccount,
  },
};

/** Of 1,200 a minute; candles also cost by what they bring, a sixtieth a row. */
function weightOf({ params }: Call): number {
  const { type } = params;
  if (type === "clearinghouseState" || type === "l2Book") return 2;
  return type === "candleSnapshot" ? 21 : 20;
}

export const hyperliquid: VenueAdapter = {
  id: "hyperliquid",
  declares: {
    tier: 1,
    contracts: ["linear"],
    liquidations: "none",
    lacks: {
      venueTime: "open interest has no time; ours stands in",
      markCandles: "candles of the last price, their wicks shrunk",
      openInterestHistory: "our own samples, from the first poll on; before it, today's figure",
      longShortRatio: "none; positions themselves are public",
      takerVolume: "estimated from the candle's shape",
      liquidations: "none; positions tell where they would happen",
    },
    limits: [{ bucket: "info", weight: 1_200, perMs: 60_000, weightOf }],
  },
  settle: "USDC",
  // spot and the builders' markets would be twelve more requests
  ccxt: { fetchMarkets: { types: ["swap"] } },
  candlesOnClose: true,
  liquidationFeeRate: 0,
  boards: [
    {
      call: { method, params: { type: "metaAndAssetCtxs", dex: "" } },
      rows: contexts,
      idField: "id",
      row: (row) => {
        const fields = asFields(row, "row");
        return {
          markPrice: asPositive(fields["markPx"], "markPx"),
          openInterest: asPositive(fields["openInterest"], "openInterest"),
          // a share in an hour; others tell one in eight
          fundingRate: 8 * asNumber(fields["funding"], "funding"),
        };
      },
    },
  ],
  candles,
  openInterestHistory: [],
  riskTiers: {
    kind: "venue",
    call: () => ({ method, params: { type: "meta" } }),
    read: readTiers,
  },
  positions,
  orderBook: {
    // merged to three digits: twenty levels of $100 at $84,000
    call: (contract) => ({ method, params: { type: "l2Book", coin: coinOf(contract), nSigFigs: 3 } }),
    levels: bookLevels,
    read: (body) => {
      const { time, levels } = asFields(body, "answer");
      const [bids, asks] = asList(levels, "levels").map((side) =>
        asList(side, "side").map((level) => {
          const { px, sz } = asFields(level, "level");
          return [asPositive(px, "px"), asAmount(sz, "sz")] as const;
        }),
      );
      return { at: asTime(time, "time"), bids: bids ?? [], asks: asks ?? [] };
    },
  },
};
