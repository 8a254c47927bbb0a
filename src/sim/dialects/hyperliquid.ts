import { z } from "zod";
import type { AccountPosition, Contract } from "../contract.ts";
import { decimalsOf } from "../instruments.ts";
import { createRandom, seedFor } from "../random.ts";
import { accountOf, addressOf } from "./hyperliquidAccounts.ts";
import {
  type Dialect,
  durationOf,
  ok,
  price,
  quantity,
  type Reply,
  silentFeed,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

const keptCandles = 5_000;
const shownTrades = 10;
const shownLevels = 20;
const marginTableId = 56;

/** What can't be read as one of the known questions. */
const unreadable: Reply = {
  status: 422,
  body: "Failed to deserialize the JSON body into the target type",
};
const unknownCoin: Reply = { status: 500, body: null };

const questionSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("meta") }),
  z.object({ type: z.literal("metaAndAssetCtxs") }),
  z.object({ type: z.literal("recentTrades"), coin: z.string() }),
  z.object({ type: z.literal("l2Book"), coin: z.string(), nSigFigs: z.number().nullish() }),
  z.object({ type: z.literal("clearinghouseState"), user: z.string().regex(/^0x[0-9a-f]{40}$/i) }),
  z.object({
    type: z.literal("candleSnapshot"),
    req: z.object({
      coin: z.string(),
      interval: z.string(),
      startTime: z.number(),
      endTime: z.number().optional(),
    }),
  }),
]);
type Question<Type> = Extract<z.infer<typeof questionSchema>, { type: Type }>;

function info(posted: unknown, venue: VenueView): Reply {
  const question = questionSchema.safeParse(posted);
  if (!question.success) return unreadable;
  const asked = question.data;
  switch (asked.type) {
    case "meta":
      return ok(metaOf(venue));
    case "metaAndAssetCtxs":
      return ok([metaOf(venue), venue.contracts.map(contextOf)]);
    case "candleSnapshot":
      return candleSnapshot(asked, venue);
    case "recentTrades":
      return forCoin(asked.coin, venue, (contract) => recentTrades(contract, venue));
    case "l2Book":
      return forCoin(asked.coin, venue, (contract) => l2Book(contract, asked.nSigFigs ?? undefined));
    case "clearinghouseState":
      return clearinghouseState(asked, venue);
  }
}

function forCoin(coin: string, venue: VenueView, answer: (contract: Contract) => unknown): Reply {
  const contract = venue.contracts.find(({ instrument }) => instrument.symbol === coin);
  return contract === undefined ? unknownCoin : ok(answer(contract));
}

/** All contracts share one table of margin tiers. */
function metaOf({ contracts }: VenueView): unknown {
  const tiers = contracts[0]?.profile.riskTiers(Infinity) ?? [];
  const table = {
    description: "tiered 40x",
    marginTiers: tiers.map(({ floorNotional, maxLeverage }) => ({
      lowerBound: floorNotional.toFixed(1),
      maxLeverage,
    })),
  };
  return {
    universe: contracts.map(({ instrument, profile }) => ({
      szDecimals: decimalsOf(instrument.lotSize),
      name: instrument.symbol,
      maxLeverage: profile.riskTiers(instrument.maxLeverage)[0]?.maxLeverage ?? 1,
      marginTableId,
    })),
    marginTables: [[marginTableId, table]],
    collateralToken: 0,
  };
}

/** Funding is an hour's share; nothing says when any of it was true. */
function contextOf({ quote, lastDay, instrument }: Contract): unknown {
  const { markPrice, indexPrice, openInterest, fundingRate } = quote();
  const day = lastDay();
  return {
    funding: (fundingRate / 8).toFixed(10),
    openInterest: quantity(openInterest, instrument),
    prevDayPx: price(day.open, instrument),
    dayNtlVlm: day.quoteVolume.toFixed(2),
    dayBaseVlm: quantity(day.volume, instrument),
    premium: (markPrice / indexPrice - 1).toFixed(10),
    oraclePx: price(indexPrice, instrument),
    markPx: price(markPrice, instrument),
    midPx: price(markPrice, instrument),
    impactPxs: [
      price(markPrice - instrument.tickSize, instrument),
      price(markPrice + instrument.tickSize, instrument),
    ],
  };
}

function candleSnapshot({ req }: Question<"candleSnapshot">, venue: VenueView): Reply {
  const intervalMs = durationOf(req.interval);
  if (intervalMs === undefined) return unreadable;
  const until = Math.min(venue.now(), req.endTime ?? Infinity);
  return forCoin(req.coin, venue, ({ candles, instrument }) =>
    candles(intervalMs, Math.max(req.startTime, venue.now() - keptCandles * intervalMs), until + 1).map(
      (candle) => ({
        t: candle.openTime,
        T: candle.openTime + intervalMs - 1,
        s: instrument.symbol,
        i: req.interval,
        o: price(candle.open, instrument),
        c: price(candle.close, instrument),
        h: price(candle.high, instrument),
        l: price(candle.low, instrument),
        v: quantity(candle.volume, instrument),
        n: Math.round(candle.volume / instrument.lotSize / 50),
      }),
    ),
  );
}

/** Who trades a lot is seen often; each trade names its buyer and its seller. */
function recentTrades({ instrument, quote, positions }: Contract, venue: VenueView): unknown {
  const random = createRandom(seedFor(venue.now(), instrument.symbol));
  const all = positions();
  const sideOf = (side: "long" | "short") => {
    const held = all.filter((position) => position.side === side && position.quantity > 0);
    const weights = held.map(({ quantity }) => quantity);
    return (): AccountPosition | undefined => held[random.pick(weights)];
  };
  const [longs, shorts] = [sideOf("long"), sideOf("short")];
  return Array.from({ length: shownTrades }, (_, index) => {
    const [buyer, seller] = [longs(), shorts()];
    const users = [buyer, seller].map((user) =>
      user === undefined ? undefined : addressOf(instrument.symbol, user.side, user.account),
    );
    return {
      coin: instrument.symbol,
      side: random.next() < 0.5 ? "A" : "B",
      px: price(quote().lastPrice, instrument),
      sz: quantity((buyer?.quantity ?? instrument.lotSize) * 0.01, instrument),
      time: venue.now() - index * 200,
      hash: `0x${"0".repeat(64)}`,
      tid: venue.now() + index,
      users,
    };
  });
}

/** Twenty levels a side, merged to so many significant digits. */
function l2Book({ book, instrument }: Contract, digits = 5): unknown {
  const { bids, asks, time } = book();
  const side = (levels: typeof bids, round: (value: number) => number): unknown => {
    const merged = new Map<number, { size: number; count: number }>();
    for (const [at, base] of levels) {
      const step = 10 ** (Math.floor(Math.log10(at)) + 1 - digits);
      const px = round(at / step) * step;
      const level = merged.get(px) ?? { size: 0, count: 0 };
      merged.set(px, { size: level.size + base, count: level.count + 1 });
    }
    return [...merged].slice(0, shownLevels).map(([px, { size, count }]) => ({
      px: price(px, instrument),
      sz: quantity(size, instrument),
      n: count,
    }));
  };
  return { coin: instrument.symbol, time, levels: [side(bids, Math.floor), side(asks, Math.ceil)] };
}

/** What an address holds: nothing where nobody holds it any more. */
function clearinghouseState({ user }: Question<"clearinghouseState">, venue: VenueView): Reply {
  const held = venue.contracts.flatMap((contract) => {
    const account = accountOf(user, contract.instrument.symbol);
    const position = account && contract.position(account.side, account.account);
    return position === undefined || position.quantity === 0 ? [] : [{ contract, position }];
  });
  const notional = held.reduce(
    (sum, { contract, position }) => sum + position.quantity * contract.quote().markPrice,
    0,
  );
  const margin = held.reduce((sum, { position }) => sum + position.margin, 0);
  const summary = {
    accountValue: margin.toFixed(2),
    totalNtlPos: notional.toFixed(2),
    totalRawUsd: margin.toFixed(2),
    totalMarginUsed: margin.toFixed(2),
  };
  return ok({
    marginSummary: summary,
    crossMarginSummary: summary,
    crossMaintenanceMarginUsed: "0.0",
    withdrawable: "0.0",
    assetPositions: held.map(({ contract, position }) => assetPosition(contract, position)),
    time: venue.now(),
  });
}

function assetPosition({ instrument, profile, quote }: Contract, position: AccountPosition): unknown {
  const { side, quantity: base, entryPrice, margin, liquidationPrice } = position;
  const sign = side === "long" ? 1 : -1;
  const { markPrice } = quote();
  const profit = sign * base * (markPrice - entryPrice);
  return {
    type: "oneWay",
    position: {
      coin: instrument.symbol,
      szi: quantity(sign * base, instrument),
      leverage: { type: "cross", value: Math.max(1, Math.round((base * entryPrice) / margin)) },
      entryPx: price(entryPrice, instrument),
      positionValue: (base * markPrice).toFixed(2),
      unrealizedPnl: profit.toFixed(2),
      returnOnEquity: (profit / margin).toFixed(6),
      liquidationPx: liquidationPrice === undefined ? null : price(liquidationPrice, instrument),
      marginUsed: margin.toFixed(2),
      maxLeverage: profile.riskTiers(instrument.maxLeverage)[0]?.maxLeverage ?? 1,
      cumFunding: { allTime: "0.0", sinceOpen: "0.0", sinceChange: "0.0" },
    },
  };
}

/** Hyperliquid: one path that is asked by POST; base units, USDC, positions for everybody to see. */
export const hyperliquid: Dialect = {
  profile: {
    id: "hyperliquid",
    openInterestShare: 0.18,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.35, leverageShares: [6, 11, 15, 18, 14, 8, 0, 0] },
    short: { hedgedShare: 0.4, leverageShares: [8, 13, 15, 16, 12, 7, 0, 0] },
    riskTiers: tiersOf([
      [150_000_000, 1 / 80, 40],
      [Infinity, 1 / 40, 20],
    ]),
  },
  routes: { "/info": (_query, venue, posted) => info(posted, venue) },
  unknownPath: { status: 404, body: null },
  tooManyRequests: { status: 429, body: null },
  feed: silentFeed,
};
