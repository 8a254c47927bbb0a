import type { PollOutcome, PollRequest, Venue } from "../../src/poller/contracts.ts";
import { openVenue, type VenueOptions } from "../../src/poller/venue.ts";
import { startVenueServer, type VenueReply, type VenueServer } from "../support/venueServer.ts";
import type { Dialect } from "./dialect.ts";
import {
  handClock,
  type HandClock,
  mapCache,
  type MapCache,
  minuteMs,
  noon,
  silentLog,
  truth,
} from "./world.ts";

export interface Stage {
  readonly server: VenueServer;
  readonly clock: HandClock;
  readonly cache: MapCache;
  readonly venue: Venue;
  readonly open: (overrides?: Partial<VenueOptions>) => Venue;
  readonly stop: () => Promise<void>;
}

/** A venue that speaks `dialect` on this machine, and our client of it, two minutes into a bar. */
export async function setStage(
  dialect: Pick<Dialect, "id" | "routes">,
  overrides: Partial<VenueOptions> = {},
): Promise<Stage> {
  const server = await startVenueServer();
  const clock = handClock(noon + 2 * minuteMs);
  const cache = mapCache();
  server.serve(dialect.routes(truth, clock.now));
  const opened: Venue[] = [];
  const open = (more: Partial<VenueOptions> = {}): Venue => {
    const venue = openVenue(dialect.id, {
      baseUrl: server.baseUrl,
      markets: cache,
      clock,
      log: silentLog,
      timeoutMs: 5_000,
      unthrottled: true,
      random: () => 0,
      ...overrides,
      ...more,
    });
    opened.push(venue);
    return venue;
  };
  return {
    server,
    clock,
    cache,
    venue: open(),
    open,
    stop: async () => {
      await Promise.all(opened.map(async (venue) => venue.close()));
      await server.stop();
    },
  };
}

export async function pollAll(
  venue: Venue,
  requests: readonly PollRequest[],
): Promise<Map<string, PollOutcome>> {
  const outcomes = new Map<string, PollOutcome>();
  await venue.poll(requests, (symbol, outcome) => outcomes.set(symbol, outcome));
  return outcomes;
}

export async function pollOne(venue: Venue, request: PollRequest = { symbol: "BTC" }): Promise<PollOutcome> {
  const outcome = (await pollAll(venue, [request])).get(request.symbol);
  if (outcome === undefined) throw new Error("no outcome was handed over");
  return outcome;
}

/** The outcome of one of the symbol's series; the main one's, where there is none of it. */
export async function pollSeries(
  venue: Venue,
  series: string,
  request: PollRequest = { symbol: "BTC" },
): Promise<PollOutcome> {
  const outcomes = new Map<string, PollOutcome>();
  await venue.poll([request], (_symbol, outcome, of = venue.id) => outcomes.set(of, outcome));
  const outcome = outcomes.get(series) ?? outcomes.get(venue.id);
  if (outcome === undefined) throw new Error("no outcome was handed over");
  return outcome;
}

export function observationOf(outcome: PollOutcome) {
  if (!outcome.ok) throw new Error(`the poll failed: ${outcome.failure.reason}`);
  return outcome.observation;
}

export function failureOf(outcome: PollOutcome) {
  if (outcome.ok) throw new Error("the poll succeeded");
  return outcome.failure;
}

/** Polls once well, so that markets and tiers are known, then with another answer to the mark call. */
export async function pollAfter(built: Stage, dialect: Dialect, reply: VenueReply) {
  await pollOne(built.venue);
  built.server.on(dialect.paths.mark, () => reply);
  return { ...built, failure: failureOf(await pollOne(built.venue)) };
}
