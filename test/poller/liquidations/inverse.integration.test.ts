import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Liquidation, Venue } from "../../../src/poller/contracts.ts";
import type { ExchangeId } from "../../../src/poller/exchanges.ts";
import { toLiquidation } from "../../../src/poller/liquidations/print.ts";
import { streamOf } from "../../../src/poller/liquidations/streams.ts";
import { openTap } from "../../../src/poller/liquidations/tap.ts";
import { openVenue } from "../../../src/poller/venue.ts";
import type { SimulatedExchange, TrueLiquidation } from "../../../src/sim/contracts.ts";
import { startSimulatedExchange } from "../../../src/sim/exchange.ts";
import { dayMs, handClock, noon } from "../../sim/builders.ts";
import { patient } from "../../support/patience.ts";
import { mapCache, silentLog } from "../world.ts";

const stepMs = 10_000;
/** A steady fall, in which some positions are liquidated each minute. */
const breeze = { name: "breeze", durationMs: dayMs, priceRatio: 0.8, dailyVolatility: 0.03 };

/** Through the tap and unmodified ccxt: each kind of contract on its own connection or channel, as the venue has them. */
describe.each<ExchangeId>(["bybit", "okx"])("%s's stream of liquidations", (id) => {
  const clock = handClock(noon);
  const ended = new AbortController();
  const heard: Liquidation[] = [];
  let exchange: SimulatedExchange;
  let venue: Venue;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const storyline = { script: { history: [], live: [breeze] }, faults: [] };
    const world = { clock, seed: 5, symbols: ["BTC"], venues: [id], storyline, stepMs, inverse: true };
    exchange = await startSimulatedExchange({ ...world, historyMs: dayMs / 2 });
    const { baseUrl } = exchange;
    venue = openVenue(id, { baseUrl, markets: mapCache(), clock, log: silentLog, unthrottled: true });
    const contracts = await venue.listed("BTC");
    const stream = streamOf(id);
    if (stream === undefined) throw new Error(`${id} has no stream`);
    const keep = (row: unknown): void => {
      const print = stream.read(row);
      const contract = contracts.find((each) => each.id === print?.id);
      if (print === undefined || contract === undefined) throw new Error(`nobody knows ${String(row)}`);
      heard.push(toLiquidation(id, print, { contract, riskTiers: [], liquidationFeeRate: 0 }));
    };
    const tap = await openTap({
      venue: id,
      stream,
      contracts,
      baseUrl,
      onFrame: (frame) => stream.rows(frame).forEach(keep),
      onAlive: () => undefined,
      onLost: () => undefined,
      signal: ended.signal,
    });
    close = tap.close;
    const isHeard = (of: string): boolean => heard.filter(({ series }) => series === of).length > 4;
    await vi.waitUntil(() => {
      clock.advance(stepMs);
      return isHeard(id) && isHeard(`${id}:inverse`);
    }, patient);
  });
  afterAll(async () => {
    ended.abort();
    await close();
    await venue.close();
    await exchange.close();
  });

  /** What happened at a print's time, to its side, at its price; two of a position may fall into one millisecond. */
  const truthsOf = ({ at, liquidatedSide, series, price }: Liquidation): readonly TrueLiquidation[] =>
    exchange.world
      .liquidations("BTC", series)
      .filter((event) => event.time === at && event.liquidatedSide === liquidatedSide)
      .filter(({ bankruptcyPrice }) => Math.abs(bankruptcyPrice - price) < 0.06);

  it("tells an inverse contract's in dollars, side and price as they truly were", () => {
    for (const print of heard.filter(({ series }) => series === `${id}:inverse`)) {
      const dollars = truthsOf(print).map(({ quantity, triggerPrice }) => quantity * triggerPrice);
      expect(dollars.some((truly) => Math.abs(print.quantity - truly) <= 0.51)).toBe(true);
      expect(print.notionalUsd).toBe(print.quantity);
    }
  });

  it("tells the linear one's beside them in coins", () => {
    for (const print of heard.filter(({ series }) => series === id)) {
      const coins = truthsOf(print).map(({ quantity }) => quantity);
      expect(coins.some((truly) => Math.abs(print.quantity - truly) < 1e-6)).toBe(true);
      expect(print.notionalUsd).toBeCloseTo(print.quantity * print.price, 6);
    }
  });
});
