import type { Contract } from "../../src/sim/contract.ts";
import type { Dialect as Spoken, VenueView } from "../../src/sim/dialects/dialect.ts";
import type { Instrument } from "../../src/sim/instruments.ts";
import type { VenueRoute } from "../support/venueServer.ts";
import { type Change, type Dialect, otherSymbols } from "./dialect.ts";
import { barMs, grid, hourMs, markOf, type Truth } from "./world.ts";

/** So fine that nothing is lost to rounding. */
const instrument = (symbol: string): Instrument => ({
  symbol,
  startPrice: 90_000,
  tickSize: 0.01,
  lotSize: 1e-8,
  contractSize: 1e-6,
  openInterestUsd: 1e9,
  maxLeverage: 125,
});

const bars = (from: number, to: number): number[] => grid(from, to - 1, barMs);

/** The truth as the simulated exchange's dialects read it; `inverse` quantities are USD there, so that they are ours. */
function contractOf(
  symbol: string,
  { profile }: Spoken,
  truth: Truth,
  now: () => number,
  inverse: boolean,
): Contract {
  const base = (quantity: number, price: number): number => (inverse ? quantity / price : quantity);
  const candles: Contract["candles"] = (_intervalMs, from, to) =>
    bars(from, to).map((openTime) => {
      const { volume: quantity, ...prices } = truth.candle(openTime);
      const volume = base(quantity, prices.close);
      return {
        openTime,
        ...prices,
        volume,
        takerBuyVolume: volume / 4,
        quoteVolume: volume * prices.close,
        longLiquidated: 0,
        shortLiquidated: 0,
        mark: { ...prices, ...markOf(prices) },
      };
    });
  const [day] = candles(barMs, 0, 1);
  if (day === undefined) throw new Error("the truth has no candle");
  return {
    instrument: instrument(symbol),
    profile,
    step: () => 0,
    quote: () => ({
      time: now(),
      lastPrice: truth.markPrice,
      markPrice: truth.markPrice,
      indexPrice: truth.markPrice,
      openInterest: base(truth.openInterest(now()), truth.markPrice),
      fundingRate: truth.fundingRate,
      nextFundingTime: now() + hourMs,
    }),
    lastDay: () => day,
    candles,
    samples: (from, to) =>
      bars(from, to).map((time) => ({
        time,
        openInterest: base(truth.openInterest(time), truth.markPrice),
        markPrice: truth.markPrice,
        accountRatio: truth.longShortRatio,
        topPositionRatio: truth.longShortRatio,
      })),
    fundings: () => [],
    book: () => ({ time: now(), bids: [], asks: [] }),
    liquidations: () => [],
    positions: () => [],
    position: () => undefined,
    truth: () => {
      throw new Error("nobody asks for positions here");
    },
  };
}

export function viewOf(spoken: Spoken, truth: Truth, now: () => number, inverse = false): VenueView {
  const symbols = ["BTC", "ETH", ...otherSymbols];
  return { now, contracts: symbols.map((symbol) => contractOf(symbol, spoken, truth, now, inverse)) };
}

/** Linear contracts, and inverse ones of so many dollars beside Bitcoin's and Ether's. */
function bothViewOf(spoken: Spoken, truth: Truth, now: () => number, contractUsd: number): VenueView {
  const { contracts } = viewOf(spoken, truth, now);
  const inverse = ["BTC", "ETH"].map((symbol): Contract => {
    const contract = contractOf(symbol, spoken, truth, now, true);
    return { ...contract, instrument: { ...contract.instrument, contractUsd } };
  });
  return { now, contracts: [...contracts, ...inverse] };
}

export interface SimulatedOptions extends Omit<Dialect, "id" | "routes" | "markAnswer"> {
  /** The mark path's answer with some fields of BTC's row replaced. */
  readonly changed: (body: unknown, change: Change) => unknown;
  /** What that path is asked about BTC. */
  readonly markQuery?: Readonly<Record<string, string>>;
}

function answerOf(spoken: Spoken, path: string, query: Readonly<Record<string, string>>, view: VenueView) {
  const reply = spoken.routes[path]?.(new URLSearchParams(query), view) ?? spoken.unknownPath;
  return { json: reply.body, ...(reply.status === 200 ? {} : { status: reply.status }) };
}

/** A venue that lists inverse contracts beside its linear ones, told by the simulated exchange's own dialect. */
export function withInverse(spoken: Spoken, contractUsd: number): Pick<Dialect, "id" | "routes"> {
  const { id } = spoken.profile;
  return {
    id,
    routes: (truth, now) =>
      Object.fromEntries(
        Object.keys(spoken.routes).map((path): [string, VenueRoute] => [
          `/${id}${path}`,
          ({ query }) => answerOf(spoken, path, query, bothViewOf(spoken, truth, now, contractUsd)),
        ]),
      ),
  };
}

/** A venue told by the simulated exchange's own dialect, in the paths of a reverse proxy. */
export function simulated(spoken: Spoken, { changed, markQuery = {}, ...rest }: SimulatedOptions): Dialect {
  const { id } = spoken.profile;
  const ownPath = (path: string): string => path.slice(id.length + 1).replace(/\?.*$/, "");
  return {
    id,
    ...rest,
    routes: (truth, now) => {
      const route =
        (path: string): VenueRoute =>
        ({ query }) =>
          answerOf(spoken, path, query, viewOf(spoken, truth, now, rest.inverse));
      // paths that say more than the dialect's own stand for it, so that a test may replace each of them
      const narrower = Object.values(rest.paths).filter((path) => path.includes("?"));
      const narrowed = new Set(narrower.map(ownPath));
      const own = Object.keys(spoken.routes).filter((path) => !narrowed.has(path));
      return Object.fromEntries([
        ...own.map((path) => [`/${id}${path}`, route(path)] as const),
        ...narrower.map((path) => [path, route(ownPath(path))] as const),
      ]);
    },
    markAnswer: (truth, change, now) => {
      const view = viewOf(spoken, truth, () => now, rest.inverse);
      return changed(answerOf(spoken, ownPath(rest.paths.mark), markQuery, view).json, change);
    },
  };
}

/** Replaces what is in the first of some rows, which is BTC's. */
export function changeFirst(rows: unknown, change: Change): unknown {
  if (!Array.isArray(rows)) throw new Error("no rows to change");
  const [first, ...others] = rows.map((row: unknown) => row);
  return [Object.assign(structuredClone(first) ?? {}, change), ...others];
}
