import { describe, expect, test } from "vitest";
import type { FireDecision } from "../../src/alerts/decision.ts";
import { freshEpisodeMemory, keepsNotional } from "../../src/alerts/episode.ts";
import { aggregateVenues, type VenueInput } from "../../src/model/aggregate.ts";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import {
  applyStacked,
  stackedLevels,
  type StackedSeries,
  warmStartStacked,
} from "../../src/model/stackedSeries.ts";
import type { Bar, SeriesSpec } from "../../src/model/types.ts";
import type { Contract } from "../../src/sim/contract.ts";
import { demoHistoryMs, demoStoryline } from "../../src/sim/storyline.ts";
import type { OpenWorld } from "../../src/sim/world.ts";
import { decideAlert, type SingleDecision } from "../alerts/single.ts";
import { barMs, minuteMs, noon, smallWorld } from "./builders.ts";

const rule = { ratio: 2, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 180_000 };

/** What the real model and the real rule say of one symbol, asked minute by minute from `noon` on. */
function watch(world: OpenWorld, symbol: string): { look: (now: number) => void; alerts: readonly string[] } {
  const followed = world.venues.map((venue) => follow(world, symbol, venue));
  let notional = freshNotionalMemory;
  let episode = freshEpisodeMemory(noon);
  const alerts: string[] = [];
  const look = (now: number): void => {
    const aggregate = aggregateVenues(
      symbol,
      now,
      followed.map((input) => input(now)),
    );
    const measured = measureImbalance(aggregate, notional, { episodeOpen: keepsNotional(episode) });
    const { decision, memory } = decideAlert(episode, measured.imbalance, rule, now);
    notional = measured.memory;
    episode = memory;
    if (isFiring(decision)) alerts.push(`${decision.direction} at ${(now - noon) / minuteMs}`);
  };
  return { look, alerts };
}

function isFiring(decision: SingleDecision): decision is FireDecision {
  return decision.kind === "fire";
}

function follow(world: OpenWorld, symbol: string, venue: string): (now: number) => VenueInput {
  const contract = world.contract(symbol, venue);
  if (contract === undefined) throw new Error(`no ${venue}`);
  const series: StackedSeries = warmStartStacked(specOf(contract), barsOf(contract, 0, noon));
  return (now) => {
    const bars = barsOf(contract, (series.lastClosed ?? 0) + barMs, now + 1);
    for (const bar of bars.filter(({ openTime }) => openTime + barMs <= now)) applyStacked(series, bar);
    const { markPrice, openInterest } = contract.quote();
    const forming = bars.find(({ openTime }) => openTime + barMs > now);
    const levels = stackedLevels(series, markPrice, forming);
    const openInterestUsd = openInterest * markPrice;
    return { id: venue, status: "fresh", ageMs: 0, method: "estimated", markPrice, openInterestUsd, levels };
  };
}

function specOf({ instrument, profile }: Contract): SeriesSpec {
  return {
    venue: profile.id,
    symbol: instrument.symbol,
    market: `${instrument.symbol}/USDT:USDT`,
    contractType: "linear",
    intervalMs: barMs,
    riskTiers: profile.riskTiers(instrument.maxLeverage),
    liquidationFeeRate: profile.liquidationFeeRate,
  };
}

function barsOf(contract: Contract, from: number, to: number): readonly Bar[] {
  const samples = new Map(contract.samples(from, to + barMs).map((sample) => [sample.time, sample]));
  const newest = contract.quote().openInterest;
  return contract.candles(barMs, from, to).map((candle) => {
    const { openTime, open, high, low, close, volume, mark } = candle;
    const openInterest = samples.get(openTime + barMs)?.openInterest ?? newest;
    return { openTime, open, high, low, close, volume, markHigh: mark.high, markLow: mark.low, openInterest };
  });
}

describe("the demo's story, as the real model reads it", () => {
  test.each([1, 7])(
    "seed %d: BTC is squeezed within ten minutes and flushed after forty, ETH flushed after twenty, SOL calm",
    (seed) => {
      const symbols = ["BTC", "ETH", "SOL"];
      const world = smallWorld({ seed, symbols, storyline: demoStoryline, historyMs: demoHistoryMs });
      const watches = symbols.map((symbol) => watch(world, symbol));
      for (let minute = 0; minute <= 52; minute += 1) {
        world.advanceTo(noon + minute * minuteMs);
        for (const { look } of watches) look(noon + minute * minuteMs);
      }
      const [btc = [], eth = [], sol = []] = watches.map(({ alerts }) => alerts);
      expect(btc).toEqual([
        expect.stringMatching(/^up at ([4-9]|10)$/),
        expect.stringMatching(/^down at (4\d|5\d)$/),
      ]);
      expect(eth).toEqual([expect.stringMatching(/^down at (1[89]|2\d)$/)]);
      expect(sol).toEqual([]);
    },
    30_000,
  );
});
