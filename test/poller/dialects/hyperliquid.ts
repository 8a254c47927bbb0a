import { type Change, type Dialect, str } from "../dialect.ts";
import { barMs, grid, rowsBetween, type Truth } from "../world.ts";

const coins = ["BTC", "ETH", "DOGE", "XRP", "LUNA"];

const meta = {
  universe: coins.map((name) => ({
    szDecimals: 5,
    name,
    maxLeverage: 40,
    marginTableId: 56,
    ...(name === "LUNA" ? { isDelisted: true } : {}),
  })),
  marginTables: [
    [50, { description: "", marginTiers: [{ lowerBound: "0.0", maxLeverage: 50 }] }],
    [
      56,
      {
        description: "tiered 40x",
        marginTiers: [
          { lowerBound: "0.0", maxLeverage: 40 },
          { lowerBound: "150000000.0", maxLeverage: 20 },
        ],
      },
    ],
  ],
};

/** The funding rate is an hour's. */
const contexts = (truth: Truth, now: number, change: Change = {}): unknown[] => [
  meta,
  coins.map((name) =>
    Object.assign(
      {
        dayNtlVlm: "1",
        funding: str(truth.fundingRate / 8),
        impactPxs: ["90019", "90021"],
        markPx: str(truth.markPrice),
        midPx: "90020",
        openInterest: str(truth.openInterest(now)),
        oraclePx: "90015",
        premium: "0.0001",
        prevDayPx: "89000",
      },
      name === "BTC" ? change : {},
    ),
  ),
];

export const buyer = `0x${"b".repeat(40)}`;
export const seller = `0x${"5".repeat(40)}`;

/** What `buyer` holds; anybody else holds nothing. */
const heldByBuyer = [
  { coin: "BTC", szi: "-1.5", positionValue: "135030", liquidationPx: "95400.5" },
  { coin: "ETH", szi: "20.0", positionValue: "60000", liquidationPx: null },
  { coin: "XRP", szi: "0.0", positionValue: "0", liquidationPx: null },
];

const clearinghouseState = (user: string, now: number): object => ({
  marginSummary: { accountValue: "1", totalNtlPos: "1", totalRawUsd: "1", totalMarginUsed: "1" },
  withdrawable: "0.0",
  assetPositions: (user === buyer ? heldByBuyer : []).map((position) => ({
    type: "oneWay",
    position: {
      ...position,
      leverage: { type: "cross", value: 20 },
      entryPx: "90000",
      unrealizedPnl: "0.0",
      marginUsed: "4500",
      maxLeverage: 40,
    },
  })),
  time: now,
});

export const hyperliquid: Dialect = {
  id: "hyperliquid",
  candlesOnClose: true,
  lacks: ["history", "ratio", "marks", "venue time"],
  market: "BTC/USDC:USDC",
  paths: {
    markets: "/hyperliquid/info?type=^metaAndAssetCtxs$&!dex",
    mark: "/hyperliquid/info?type=^metaAndAssetCtxs$&dex=^$",
    candles: "/hyperliquid/info?type=^candleSnapshot$",
    marks: "",
    history: "",
    windows: "/hyperliquid/info?type=^candleSnapshot$",
  },
  markField: "markPx",
  markAnswer: (truth, change, now) => contexts(truth, now, change),
  rowsAsked: ({ startTime, endTime }) => rowsBetween(Number(startTime), Number(endTime)),
  routes: (truth, now) => ({
    "/hyperliquid/info?type=^metaAndAssetCtxs$&!dex": () => ({ json: contexts(truth, now()) }),
    "/hyperliquid/info?type=^metaAndAssetCtxs$&dex=^$": () => ({ json: contexts(truth, now()) }),
    "/hyperliquid/info?type=^meta$": () => ({ json: meta }),
    "/hyperliquid/info?type=^recentTrades$": ({ query }) => ({
      json: [
        {
          coin: query["coin"],
          side: "A",
          px: "90000.0",
          sz: "0.5",
          time: now(),
          hash: "0x0",
          tid: 1,
          users: [buyer, seller.toUpperCase().replace("0X", "0x")],
        },
      ],
    }),
    "/hyperliquid/info?type=^clearinghouseState$": ({ query }) => ({
      json: clearinghouseState(query["user"] ?? "", now()),
    }),
    "/hyperliquid/info?type=^candleSnapshot$": ({ query }) => ({
      json: grid(Number(query["startTime"]), Math.min(Number(query["endTime"]), now()), barMs).map((t) => {
        const { open, high, low, close, volume } = truth.candle(t);
        const prices = { o: str(open), c: str(close), h: str(high), l: str(low), v: str(volume) };
        return { t, T: t + barMs - 1, s: query["coin"], i: "5m", ...prices, n: 12 };
      }),
    }),
  }),
};
