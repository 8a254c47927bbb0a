import type { Clock } from "../../src/ops/clock.ts";
import type { Storyline, TrueLiquidation } from "../../src/sim/contracts.ts";
import { binanceusdm } from "../../src/sim/dialects/binanceusdm.ts";
import { bybit } from "../../src/sim/dialects/bybit.ts";
import type { Dialect, Reply, VenueView } from "../../src/sim/dialects/dialect.ts";
import { okx } from "../../src/sim/dialects/okx.ts";
import { answerTo } from "../../src/sim/routing.ts";
import { createWorld, type OpenWorld, type WorldOptions } from "../../src/sim/world.ts";

export const minuteMs = 60_000;
export const barMs = 300_000;
export const dayMs = 86_400_000;
/** 2026-11-20 12:00 UTC, the start of a bar. */
export const noon = Date.UTC(2026, 10, 20, 12);
export const dialects: readonly Dialect[] = [binanceusdm, bybit, okx];

/** Enough movement that every kind of exit happens within hours. */
export const wild: Storyline = {
  script: {
    history: [],
    live: [
      {
        name: "storm",
        durationMs: dayMs,
        priceRatio: 0.95,
        dailyVolatility: 0.08,
        activity: 3,
        jumpsPerDay: 12,
      },
    ],
  },
  faults: [],
};

export function smallWorld(changes: Partial<WorldOptions> = {}): OpenWorld {
  return createWorld({
    seed: 5,
    symbols: ["BTC"],
    venues: dialects.map(({ profile }) => profile),
    storyline: wild,
    startAt: noon,
    historyMs: dayMs / 2,
    stepMs: 10_000,
    ...changes,
  });
}

/** What a dialect is given of the world by the server. */
export const viewOf = (world: OpenWorld, venue: string): VenueView => ({
  now: world.now,
  contracts: world.contractsAt(venue),
});

/** Asks a dialect as its server would: the answer's body after a round through JSON. */
export function ask(world: OpenWorld, dialect: Dialect, address: string, posted?: unknown): Reply {
  const [path = "", query = ""] = address.split("?");
  const view = viewOf(world, dialect.profile.id);
  const answer = answerTo(dialect, path, new URLSearchParams(query));
  const reply = answer?.(view, posted) ?? dialect.unknownPath;
  return { status: reply.status, body: JSON.parse(JSON.stringify(reply.body)) };
}

export function liquidation(changes: Partial<TrueLiquidation> = {}): TrueLiquidation {
  return {
    sequence: 1,
    time: noon,
    venue: "bybit",
    symbol: "BTC",
    liquidatedSide: "long",
    quantity: 0.25,
    triggerPrice: 80_400.5,
    bankruptcyPrice: 80_000,
    ...changes,
  };
}

export interface HandClock extends Clock {
  /** Moves the time; sleepers whose time has come wake up. */
  readonly advance: (ms: number) => void;
}

/** A clock that a test moves; sleeping on it takes no real time and ends by `advance` or by the signal. */
export function handClock(startAt: number): HandClock {
  let time = startAt;
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    realMs: (durationMs) => durationMs,
    sleep: async (durationMs, signal) =>
      new Promise((resolve, reject) => {
        const end = (): void => reject(signal?.reason);
        const wake = (): void => {
          signal?.removeEventListener("abort", end);
          resolve();
        };
        signal?.addEventListener("abort", end);
        sleepers.push({ until: time + durationMs, wake });
      }),
    advance: (ms) => {
      time += ms;
      const due = sleepers.filter(({ until }) => until <= time);
      sleepers = sleepers.filter(({ until }) => until > time);
      for (const { wake } of due) wake();
    },
  };
}
