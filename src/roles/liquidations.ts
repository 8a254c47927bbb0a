import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { agreements, isContrary } from "../poller/liquidations/agreement.ts";
import { askForLiquidations } from "../poller/liquidations/ask.ts";
import { listenToLiquidations } from "../poller/liquidations/listen.ts";
import type { PrintOutcome } from "../poller/liquidations/desk.ts";
import { streamOf } from "../poller/liquidations/streams.ts";
import type { Venue } from "../poller/contracts.ts";
import type { Listed } from "../poller/resolve.ts";
import { supportedVenues } from "../poller/supported.ts";
import type { RiskTier } from "../model/types.ts";
import { createLease } from "../store/lease.ts";
import type { Parts } from "./parts.ts";

/** Real ms between two looks at whether the venues agree. */
const agreementMs = 3_600_000;

/** Follows the liquidations of every venue that tells them, on streams or when asked; one process does it for all. */
export function startLiquidations(parts: Parts, venues: readonly Venue[]): void {
  const { config, redis, store, clock, log, metrics, lifecycle } = parts;
  const ended = new AbortController();
  // every venue waits for it, with every symbol that it looks up
  setMaxListeners(0, ended.signal);
  const holder = randomUUID();
  const listening = venues.map(async (venue) => {
    const [id, stream] = [supportedVenues.find((each) => each === venue.id), streamOf(venue.id)];
    const followed = {
      contracts: async (signal: AbortSignal) => listedBy(venue, config.symbols, signal),
      riskTiers: async (contract: Listed) => tiersOf(parts, contract),
      liquidationFeeRate: venue.liquidationFeeRate,
      liquidations: store.liquidations,
      lease: createLease(redis.commands, `liquidations-${venue.id}`),
      holder,
      clock,
      log,
      onPrint: (outcome: PrintOutcome) => metrics.liquidations.inc({ venue: venue.id, outcome }),
      signal: ended.signal,
    };
    if (id !== undefined && stream !== undefined)
      await listenToLiquidations({
        ...followed,
        venue: id,
        stream,
        baseUrl: config.venueBaseUrl,
        proxyUrl: config.venueProxies[id],
      });
    if (venue.prints !== undefined)
      await askForLiquidations({ ...followed, venue: venue.id, source: venue.prints });
  });
  const compare = setInterval(() => {
    compareSides(parts).catch((error: unknown) => {
      log.warn({ error }, "the venues' liquidations could not be compared");
    });
  }, agreementMs);
  lifecycle.add("liquidation streams", async () => {
    clearInterval(compare);
    ended.abort();
    await Promise.all(listening);
  });
}

async function listedBy(
  venue: Venue,
  symbols: readonly string[],
  signal: AbortSignal,
): Promise<readonly Listed[]> {
  const listed = await Promise.all(symbols.map(async (symbol) => venue.listed(symbol, signal)));
  return listed.flat();
}

/** As the venue's last poll had them. */
async function tiersOf({ store }: Parts, { symbol, series }: Listed): Promise<readonly RiskTier[]> {
  const records = await store.rounds.read(symbol);
  return records.find(({ venue }) => venue === series)?.observation?.spec.riskTiers ?? [];
}

/** Says it once an hour, for as long as it is so. */
async function compareSides({ config, store, log, metrics }: Parts): Promise<void> {
  for (const symbol of config.symbols) {
    const found = agreements(await store.liquidations.day(symbol));
    for (const agreement of found) {
      const { series, hours, agreed } = agreement;
      metrics.liquidationAgreement.set({ series, symbol }, agreed);
      if (!isContrary(agreement)) continue;
      log.warn(
        { series, symbol, hours, agreed },
        "liquidates the other side than all others do: its prints may be read the wrong way round",
      );
    }
  }
}
