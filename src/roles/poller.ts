import { setTimeout as sleep } from "node:timers/promises";
import { setMaxListeners } from "node:events";
import { openVenue, barMs } from "../poller/venue.ts";
import { createRound } from "../poller/round.ts";
import { createHistory } from "../poller/history.ts";
import type { PollOutcome, Venue } from "../poller/contracts.ts";
import { createBookWatch } from "../poller/bookWatch.ts";
import { createMeasuring } from "../poller/measuring.ts";
import { createTroubles } from "../poller/trouble.ts";
import type { Handlers } from "../worker/contracts.ts";
import { keepSchedules } from "../worker/schedules.ts";
import { startLiquidations } from "./liquidations.ts";
import { createVenueLimits } from "../store/pace/limits.ts";
import { readStartShare } from "../store/market/startShare.ts";
import type { Parts } from "./parts.ts";

const historyTimeoutMs = 10 * 60_000;

/** Polls every venue once a slot, and reads histories when they are asked for. */
export async function startPoller(parts: Parts): Promise<Pick<Handlers, "poll" | "backfill">> {
  const { config, clock, log, store, queues, shortcuts, slots, metrics, lifecycle, stopping } = parts;
  // every venue waits for its moment, which is more than Node expects of one signal
  setMaxListeners(0, stopping.signal);
  const roundTimeoutMs = Math.max(slots.lengthMs, 10_000);
  const limits = createVenueLimits(parts.redis.commands);
  const built = config.venues.map((id) => {
    const troubles = createTroubles(id, log);
    const venue = openVenue(id, {
      baseUrl: config.venueBaseUrl,
      proxyUrl: config.venueProxies[id],
      limits,
      unthrottled: parts.unthrottled ?? false,
      markets: store.markets,
      recorded: store.openInterest,
      clock,
      log,
      onRefusal: (cause) => metrics.refusals.inc({ venue: id, cause }),
    });
    const round = createRound({
      venue,
      symbols: config.symbols,
      expected: config.venues,
      rounds: store.rounds,
      liquidations: store.liquidations,
      clock,
      log,
      troubles,
      slot: slots.current,
      timeoutMs: roundTimeoutMs,
      stopping: stopping.signal,
      barMs,
      recomputesHere: parts.roles.includes("worker"),
      hear: shortcuts.hear,
      onComplete: shortcuts.recompute,
      onHistoryNeeded: async (symbol, from, series) => queues.backfill(id, { symbol, from, series }),
      onOutcome: (symbol, outcome, series = id) => {
        metrics.polls.inc({ venue: id, outcome: outcome.ok ? "ok" : outcome.failure.kind });
        if (outcome.ok && venue.forgetsOpenInterest) recordOpenInterest(parts, symbol, series, outcome);
      },
    });
    const history = createHistory({
      venue,
      backfills: store.backfills,
      rounds: store.rounds,
      clock,
      log,
      troubles,
      timeoutMs: historyTimeoutMs,
      stopping: stopping.signal,
    });
    return { id, venue, round, history, beside: besideRounds(parts, venue, roundTimeoutMs) };
  });
  lifecycle.add("venues", async () => {
    await Promise.all(built.map(async ({ venue }) => venue.close()));
  });
  startLiquidations(
    parts,
    built.map(({ venue }) => venue),
  );
  const byId = new Map(built.map((one) => [one.id, one]));
  const delays = await startDelays(parts);
  const schedule = async (venue: string): Promise<void> => queues.schedulePolls(venue, slots.lengthMs);
  await Promise.all(built.map(async ({ id }) => queues.pollNow(id, slots.lengthMs)));
  await Promise.all(config.venues.map(schedule));
  lifecycle.add("schedules", keepSchedules(config.venues, schedule, log));
  return {
    poll: async ({ venue }) => {
      const one = byId.get(venue);
      await sleep(delays.get(venue), undefined, { signal: stopping.signal }).catch(() => undefined);
      await Promise.all([one?.round(), one?.beside()]);
    },
    backfill: async ({ venue, symbol, from, series }) => byId.get(venue)?.history(symbol, from, series),
  };
}

/** For a venue that will not tell it again. In the background: a minute that is missing is made up by its neighbours. */
function recordOpenInterest(
  { store, log }: Parts,
  symbol: string,
  series: string,
  { observation: { observedAt: at, openInterest: value } }: PollOutcome & { readonly ok: true },
): void {
  store.openInterest.put(symbol, series, { at, value }).catch((error: unknown) => {
    log.debug({ symbol, series, error }, "open interest could not be recorded");
  });
}

/** Part of a slot, and real time: venues polled by every installation on the full minute see them all at once. */
const spreadShare = 0.05;
const mostSpreadMs = 2_000;

/** By venue: the same in every round, so that nobody's data is older in one than in the other. */
async function startDelays(parts: Parts): Promise<ReadonlyMap<string, number>> {
  const { config, slots, redis, unthrottled = false } = parts;
  const spreadMs = unthrottled ? 0 : Math.min(mostSpreadMs, slots.lengthMs * spreadShare);
  return new Map(
    await Promise.all(
      config.venues.map(async (id) => [id, spreadMs * (await readStartShare(redis.commands, id))] as const),
    ),
  );
}

/** Accounts and order books: less urgent than polls, and what goes wrong with them costs this round's only. */
function besideRounds(parts: Parts, venue: Venue, timeoutMs: number): () => Promise<void> {
  const { config, clock, log, store, stopping, unthrottled = false } = parts;
  const { accounts, books, id } = venue;
  const { symbols } = config;
  const shared = { symbols, clock };
  const { positions, depths } = store;
  const slotMs = config.pollIntervalMs;
  const measure =
    accounts && createMeasuring({ ...shared, venue: id, accounts, positions, slotMs, unthrottled });
  const watchBooks =
    books && createBookWatch({ ...shared, books, depths, unthrottled, pollIntervalMs: slotMs });
  return async () => {
    try {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)]);
      setMaxListeners(0, signal);
      await Promise.all([measure?.(signal), watchBooks?.(signal)]);
    } catch (error) {
      log.warn({ venue: id, error }, "positions or books could not be kept; the next round brings others");
    }
  };
}
