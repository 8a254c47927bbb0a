import type { Clock } from "../../ops/clock.ts";
import { intervalMs } from "../adapter.ts";
import type { ExchangeId } from "../exchanges.ts";
import type { Listed } from "../resolve.ts";
import { type Desk, openDesk } from "./desk.ts";
import { createKeeping, type FollowOptions, relistMs, rest, tickMs, whileHeld } from "./hold.ts";
import type { Stream } from "./streams.ts";
import { openTap } from "./tap.ts";
import { createTotals, type Totals } from "./totals.ts";

export interface ListenOptions extends FollowOptions {
  readonly venue: ExchangeId;
  readonly stream: Stream;
  readonly baseUrl?: string | undefined;
  /** VENUE_PROXIES: what this venue's streams go through. */
  readonly proxyUrl?: string | undefined;
}

/** Heartbeats come every few seconds: after this long nobody is there any more. Real ms. */
const silenceMs = 45_000;
/** A connection that is back this soon has missed a second or two of a bar's three hundred. */
const shortGapMs = 5_000;

/** Listens to one venue's liquidations for as long as the signal lets it, whenever no other process does. */
export async function listenToLiquidations(options: ListenOptions): Promise<void> {
  await whileHeld(options, async () => listenOnce(options));
}

/** Until the lease is lost, the connection is silent, or other contracts are listed. */
async function listenOnce(options: ListenOptions): Promise<void> {
  const { venue, stream, clock, log, signal } = options;
  const contracts = await options.contracts(signal);
  if (contracts.length === 0) return rest(relistMs, signal);
  const totals = createTotals(stream.completeness);
  const hearing = createHearing(totals, clock);
  const desk = await openDesk(options, stream, contracts, totals);
  const tap = await openTap({
    venue,
    stream,
    contracts,
    baseUrl: options.baseUrl,
    proxyUrl: options.proxyUrl,
    onFrame: desk.take,
    onAlive: hearing.alive,
    onLost: (reason) => {
      log.debug({ venue, reason }, "the stream of liquidations was lost; connecting again");
      hearing.lost();
    },
    signal,
  });
  try {
    await keepOn(options, contracts, { desk, hearing });
  } finally {
    await tap.close();
  }
}

interface Listening {
  readonly desk: Desk;
  readonly hearing: Hearing;
}

async function keepOn(
  options: ListenOptions,
  contracts: readonly Listed[],
  { desk, hearing }: Listening,
): Promise<void> {
  const { venue, clock, log, signal } = options;
  const goesOn = createKeeping(options, contracts);
  for (let tick = 1; !signal.aborted; tick += 1) {
    await rest(untilFlushMs(clock), signal);
    await desk.flush(clock.now());
    if (hearing.silentMs() > silenceMs) {
      log.warn({ venue }, "the stream of liquidations is silent; connecting anew");
      return;
    }
    if (!(await goesOn(tick))) return;
  }
}

/** Real ms. */
const afterCloseMs = 5;

/**
 * Real ms until sums are written again: a second, and right after each bar's close, because the polls of a fast clock
 * come so soon after it that a second later is too late.
 */
export function untilFlushMs({ now, realMs }: Pick<Clock, "now" | "realMs">): number {
  const closesIn = intervalMs - (now() % intervalMs);
  return Math.min(tickMs, Math.ceil(realMs(closesIn)) + afterCloseMs);
}

interface Hearing {
  readonly alive: () => void;
  readonly lost: () => void;
  /** Real ms since anything was heard. */
  readonly silentMs: () => number;
}

/** Keeps the sums told since when the stream is heard without a gap. */
function createHearing(totals: Totals, clock: Clock): Hearing {
  let aliveAt = performance.now();
  let lostAt: number | undefined;
  let heard = false;
  return {
    alive: () => {
      aliveAt = performance.now();
      if (heard && (lostAt === undefined || aliveAt - lostAt <= shortGapMs)) lostAt = undefined;
      else {
        heard = true;
        lostAt = undefined;
        totals.heardSince(clock.now());
      }
    },
    lost: () => {
      lostAt ??= performance.now();
    },
    silentMs: () => performance.now() - aliveAt,
  };
}
