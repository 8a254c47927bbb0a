import type { Clock } from "../ops/clock.ts";
import type { SimulatedExchange, Storyline } from "./contracts.ts";
import { binancecoinm } from "./dialects/binancecoinm.ts";
import { binanceusdm } from "./dialects/binanceusdm.ts";
import { bybit } from "./dialects/bybit.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { bitget } from "./dialects/bitget.ts";
import { bitfinex } from "./dialects/bitfinex.ts";
import { deribit } from "./dialects/deribit.ts";
import { gate } from "./dialects/gate.ts";
import { htx } from "./dialects/htx.ts";
import { hyperliquid } from "./dialects/hyperliquid.ts";
import { krakenfutures } from "./dialects/krakenfutures.ts";
import { kucoinfutures } from "./dialects/kucoinfutures.ts";
import { mexc } from "./dialects/mexc.ts";
import { okx } from "./dialects/okx.ts";
import { serve } from "./server.ts";
import { createWorld } from "./world.ts";

const dialects: readonly Dialect[] = [
  binanceusdm,
  bybit,
  okx,
  gate,
  bitget,
  hyperliquid,
  mexc,
  krakenfutures,
  binancecoinm,
  kucoinfutures,
  htx,
  bitfinex,
  deribit,
];
const dayMs = 86_400_000;

/** ccxt ids of the venues that can be simulated. */
export const simulatedVenues: readonly string[] = dialects.map(({ profile }) => profile.id);

export interface ExchangeOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly symbols: readonly string[];
  /** ccxt ids, of `simulatedVenues`. */
  readonly venues: readonly string[];
  readonly storyline: Storyline;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** How much history the world has at the start; 30 days by default, about two seconds of work. */
  readonly historyMs?: number;
  /** World time of a live step: a whole number of seconds that divides a minute; 10 s by default. */
  readonly stepMs?: number;
  /** Whether venues that have inverse contracts list Bitcoin's and Ether's beside the linear ones; false by default. */
  readonly inverse?: boolean;
}

/**
 * Starts a world at the clock's time, lets it live on that clock and serves it on 127.0.0.1 in the venues' own
 * dialects. Throws on a venue that cannot be simulated; rejects when the port is taken.
 */
export async function startSimulatedExchange(options: ExchangeOptions): Promise<SimulatedExchange> {
  const { clock, historyMs = 30 * dayMs, stepMs = 10_000, inverse = false } = options;
  const spoken = options.venues.map(dialectOf);
  const world = createWorld({
    seed: options.seed,
    symbols: options.symbols,
    venues: spoken.map(({ profile }) => profile),
    storyline: options.storyline,
    startAt: clock.now(),
    historyMs,
    stepMs,
    inverse,
  });
  const server = await serve({ clock, world, dialects: spoken, port: options.port ?? 0 });
  const stopping = new AbortController();
  const living = live(clock, stepMs, stopping.signal, () => {
    world.advanceTo(clock.now());
    server.feeds.push();
  });
  return {
    baseUrl: `http://127.0.0.1:${server.port}`,
    world,
    close: async () => {
      stopping.abort();
      await living;
      await server.close();
    },
  };
}

/** Steps on the clock until told to stop; requests in between bring the world up to date by themselves. */
async function live(clock: Clock, stepMs: number, signal: AbortSignal, step: () => void): Promise<void> {
  while (!signal.aborted) {
    step();
    const rested = clock.sleep(stepMs, signal).catch((error: unknown) => {
      // an aborted sleep is how the world stops
      if (!signal.aborted) throw error;
    });
    await rested;
  }
}

function dialectOf(venue: string): Dialect {
  const dialect = dialects.find(({ profile }) => profile.id === venue);
  if (dialect === undefined) {
    throw new Error(`${venue} cannot be simulated; these can: ${simulatedVenues.join(", ")}`);
  }
  return dialect;
}
