import { join } from "node:path";
import { Command } from "commander";
import type { Config } from "../config/config.ts";
import type { Log } from "../ops/log.ts";
import type { Venue } from "../poller/contracts.ts";
import type { Liquidations } from "../store/contracts/markets.ts";
import type { Lease } from "../store/contracts/memory.ts";
import { ExitError } from "./exit.ts";
import type { Recorder } from "./recorder.ts";

interface RecordOptions {
  readonly venues?: string;
  readonly out: string;
}

/** Writes bars as they close, until it is stopped; no Redis. */
export function recordCommand(): Command {
  return new Command("record")
    .description(
      "writes a symbol's bars to CSV files that replay and evaluate read, live, until it is stopped",
    )
    .argument("<symbol>", "base asset, such as BTC")
    .option("--venues <list>", "ccxt ids, comma-separated (default: VENUES)")
    .option(
      "--out <dir>",
      "folder of the files SYMBOL-VENUE.csv; those that are there are gone on with",
      "recordings",
    )
    .action(async (symbol: string, options: RecordOptions) => run(symbol.toUpperCase(), options));
}

async function run(symbol: string, options: RecordOptions): Promise<void> {
  if (!/^[A-Z0-9]{1,20}$/.test(symbol))
    throw new ExitError(`"${symbol}" is no symbol: A–Z and 0–9, like BTC`, 2);
  const [{ openLog, readConfig }, { runParts }, { openVenue, barMs }, { openRecorder }, { systemClock }] =
    await Promise.all([
      import("./settings.ts"),
      import("./running.ts"),
      import("../poller/venue.ts"),
      import("./recorder.ts"),
      import("../ops/clock.ts"),
    ]);
  const { config } = readConfig(options.venues === undefined ? {} : { VENUES: options.venues });
  const log = openLog(config);
  const stopping = new AbortController();
  const { start } = runParts(log);
  await start(async ({ lifecycle }) => {
    for (const id of config.venues) {
      const markets = { get: async () => undefined, put: async () => undefined };
      const venue = openVenue(id, {
        markets,
        clock: systemClock,
        log,
        baseUrl: config.venueBaseUrl,
        proxyUrl: config.venueProxies[id],
      });
      lifecycle.add(id, venue.close);
      const liquidations = heardHere();
      const recorder = await openRecorder({
        venue,
        symbol,
        path: join(options.out, `${symbol}-${id}.csv`),
        barMs,
        liquidations,
        clock: systemClock,
        onFailure: ({ reason }) => log.warn({ venue: id }, reason),
      });
      const listening = listen(venue, symbol, { config, log, liquidations, signal: stopping.signal });
      const recording = keepTaking(recorder, id, log, stopping.signal);
      lifecycle.add(`recording of ${id}`, async () => {
        stopping.abort();
        await Promise.all([listening, recording]);
      });
    }
  });
}

const minuteMs = 60_000;

async function keepTaking(recorder: Recorder, venue: string, log: Log, signal: AbortSignal): Promise<void> {
  const { systemClock } = await import("../ops/clock.ts");
  while (!signal.aborted) {
    try {
      const bars = await recorder.take(signal);
      if (bars > 0) log.info({ venue, bars }, "recorded");
    } catch (error) {
      if (!signal.aborted) log.warn({ venue, error }, "bars could not be recorded; trying again");
    }
    await systemClock.sleep(minuteMs - (Date.now() % minuteMs), signal).catch(() => undefined);
  }
}

interface Listening {
  readonly config: Config;
  readonly log: Log;
  readonly liquidations: Liquidations;
  readonly signal: AbortSignal;
}

async function listen(
  venue: Venue,
  symbol: string,
  { config, log, liquidations, signal }: Listening,
): Promise<void> {
  const [{ listenToLiquidations }, { streamOf }, { supportedVenues }, { systemClock }] = await Promise.all([
    import("../poller/liquidations/listen.ts"),
    import("../poller/liquidations/streams.ts"),
    import("../poller/supported.ts"),
    import("../ops/clock.ts"),
  ]);
  const [id, stream] = [supportedVenues.find((each) => each === venue.id), streamOf(venue.id)];
  if (id === undefined || stream === undefined) return;
  await listenToLiquidations({
    venue: id,
    stream,
    contracts: async (until) => venue.listed(symbol, until),
    riskTiers: async () => [],
    liquidationFeeRate: venue.liquidationFeeRate,
    liquidations,
    lease: alwaysHeld,
    holder: "recorder",
    clock: systemClock,
    log,
    onPrint: () => undefined,
    baseUrl: config.venueBaseUrl,
    signal,
  });
}

/** Nobody else records here. */
const alwaysHeld: Lease = {
  hold: async () => ({ kind: "held", fence: 1 }),
  release: async () => undefined,
};

/** The sums of one process, which nobody else reads. */
function heardHere(): Liquidations {
  const sums = new Map<string, Parameters<Liquidations["putTotals"]>[2][number]>();
  return {
    putTotals: async (_symbol, series, totals) => {
      for (const total of totals) sums.set(`${series} ${total.openTime}`, total);
      for (const key of sums.keys()) {
        if (sums.size <= 100) break;
        sums.delete(key);
      }
    },
    totals: async (_symbol, series, openTimes) =>
      new Map(
        openTimes.flatMap((openTime) => {
          const total = sums.get(`${series} ${openTime}`);
          return total === undefined ? [] : [[openTime, total] as const];
        }),
      ),
    day: async () => new Map(),
    addPrints: async () => undefined,
    prints: async () => [],
  };
}
