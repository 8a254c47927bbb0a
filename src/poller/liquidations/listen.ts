import type { RiskTier } from "../../model/types.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { Lease, Liquidations } from "../../store/contracts.ts";
import type { Liquidation } from "../contracts.ts";
import type { ExchangeId } from "../exchanges.ts";
import { Refusal } from "../failure.ts";
import { Malformed } from "../read.ts";
import type { Listed } from "../resolve.ts";
import { toLiquidation, type PrintedContract } from "./print.ts";
import type { Stream } from "./streams.ts";
import { openTap } from "./tap.ts";
import { createTotals, type Totals } from "./totals.ts";

/** What became of a row: kept, told before, of a contract nobody watches, or refused. */
export type PrintOutcome = "kept" | "repeated" | "unwatched" | "malformed";

export interface ListenOptions {
  readonly venue: ExchangeId;
  readonly stream: Stream;
  /** The contracts that are watched, as the venue lists them today. */
  readonly contracts: (signal: AbortSignal) => Promise<readonly Listed[]>;
  readonly riskTiers: (contract: Listed) => Promise<readonly RiskTier[]>;
  readonly liquidationFeeRate: number;
  readonly liquidations: Liquidations;
  /** One process listens for all. */
  readonly lease: Lease;
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onPrint: (outcome: PrintOutcome) => void;
  readonly baseUrl?: string | undefined;
  readonly signal: AbortSignal;
}

/** Real ms. */
const leaseMs = 15_000;
const tickMs = 1_000;
/** Heartbeats come every few seconds: after this long nobody is there any more. */
const silenceMs = 45_000;
/** A connection that is back this soon has missed a second or two of a bar's three hundred. */
const shortGapMs = 5_000;
const relistMs = 600_000;
const retryMs = 10_000;

/** Listens to one venue's liquidations for as long as the signal lets it, whenever no other process does. */
export async function listenToLiquidations(options: ListenOptions): Promise<void> {
  const { venue, lease, holder, log, signal } = options;
  while (!signal.aborted) {
    try {
      const turn = await lease.hold(holder, leaseMs);
      if (turn.kind === "held") await listenOnce(options);
      else await rest(Math.min(turn.remainingMs, leaseMs), signal);
    } catch (error) {
      if (signal.aborted) break;
      // a venue that can't be asked is named by its polls
      if (error instanceof Refusal) log.debug({ venue, error }, "liquidations wait for the venue's markets");
      else log.warn({ venue, error }, "liquidations can't be heard; trying again");
      await rest(retryMs, signal);
    }
  }
  await release(options);
}

async function release({ lease, holder, venue, log }: ListenOptions): Promise<void> {
  try {
    await lease.release(holder);
  } catch (error) {
    log.debug({ venue, error }, "the lease on liquidations runs out by itself");
  }
}

/** Until the lease is lost, the connection is silent, or other contracts are listed. */
async function listenOnce(options: ListenOptions): Promise<void> {
  const { venue, stream, clock, log, signal } = options;
  const contracts = await options.contracts(signal);
  if (contracts.length === 0) return rest(relistMs, signal);
  const totals = createTotals(stream.completeness);
  const hearing = createHearing(totals, clock);
  const desk = await openDesk(options, contracts, totals);
  const tap = await openTap({
    venue,
    stream,
    contracts,
    baseUrl: options.baseUrl,
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
  const { venue, lease, holder, log, signal } = options;
  const listedAt = performance.now();
  for (let tick = 1; !signal.aborted; tick += 1) {
    await rest(tickMs, signal);
    await desk.flush();
    if (hearing.silentMs() > silenceMs) {
      log.warn({ venue }, "the stream of liquidations is silent; connecting anew");
      return;
    }
    if (tick % 5 === 0 && (await lease.hold(holder, leaseMs)).kind === "taken") return;
    if (performance.now() - listedAt < relistMs) continue;
    if (namesOf(await options.contracts(signal)) !== namesOf(contracts)) return;
  }
}

const namesOf = (contracts: readonly Listed[]): string =>
  contracts
    .map(({ id }) => id)
    .toSorted()
    .join(",");

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

interface Desk {
  readonly take: (frame: unknown) => void;
  /** Writes what has gathered. */
  readonly flush: () => Promise<void>;
}

async function openDesk(options: ListenOptions, contracts: readonly Listed[], totals: Totals): Promise<Desk> {
  const { venue, stream, liquidations, clock, log, onPrint } = options;
  const printed = new Map(
    await Promise.all(
      contracts.map(async (contract) => [contract.id, await describe(options, contract)] as const),
    ),
  );
  let fresh: Liquidation[] = [];

  const takeRow = (row: unknown): PrintOutcome => {
    const print = stream.read(row);
    const known = printed.get(print.id);
    if (known === undefined) return "unwatched";
    const liquidation = toLiquidation(venue, print, known);
    if (!totals.add(liquidation)) return "repeated";
    fresh.push(liquidation);
    return "kept";
  };
  const guarded = (read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      onPrint("malformed");
      log.debug({ venue, reason: error.message }, "a liquidation was refused");
    }
  };

  return {
    take: (frame) => {
      guarded(() => {
        for (const row of stream.rows(frame)) guarded(() => onPrint(takeRow(row)));
      });
    },
    flush: async () => {
      const prints = fresh;
      fresh = [];
      const now = clock.now();
      const symbols = [...new Set(prints.map(({ symbol }) => symbol))];
      await Promise.all([
        ...symbols.map(async (symbol) =>
          liquidations.addPrints(
            symbol,
            prints.filter((print) => print.symbol === symbol),
          ),
        ),
        ...contracts.map(async ({ symbol, series }) =>
          liquidations.putTotals(symbol, series, totals.read(series, now)),
        ),
      ]);
    },
  };
}

async function describe(options: ListenOptions, contract: Listed): Promise<PrintedContract> {
  const riskTiers = await options.riskTiers(contract);
  return { contract, riskTiers, liquidationFeeRate: options.liquidationFeeRate };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
