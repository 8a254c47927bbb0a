import type { Log } from "../ops/log.ts";
import type { Outset, Rounds, VenueRecord, VenueReport } from "../store/contracts/rounds.ts";

/**
 * What a recompute will set out from, known here before Redis has the report that completes the round: all that an
 * alert waits for there is then its commit and its claim. Everything but the reports is read ahead, after the round before,
 * and serves for the next one only. Only where one process polls all of a symbol's venues and recomputes it too.
 */
export interface Ahead {
  /** A report that is about to be kept. The outset, where it is the last of its round and all else is known. */
  readonly hear: (symbol: string, report: VenueReport) => Outset | undefined;
  /** This slot is being recomputed: what was known before it holds no more. */
  readonly recomputing: (symbol: string, slot: number) => void;
  /** Reads what the next round will need beside its reports. Never rejects. */
  readonly look: (symbol: string) => Promise<void>;
}

export interface AheadOptions {
  /** Venues that a round waits for. */
  readonly expected: readonly string[];
  readonly rounds: Pick<Rounds, "peek">;
  readonly log: Log;
}

interface Known {
  /** By series, the newest slot it was heard in. */
  readonly slots: Map<string, number>;
  /** By series, what was heard since the outset was asked for. */
  readonly heard: Map<string, VenueRecord>;
  outset: Promise<Outset | undefined> | undefined;
  read: Outset | undefined;
}

export function createAhead({ expected, rounds, log }: AheadOptions): Ahead {
  const symbols = new Map<string, Known>();
  const knownOf = (symbol: string): Known => {
    const known = symbols.get(symbol) ?? nothing();
    symbols.set(symbol, known);
    return known;
  };

  /** Every venue was heard in the same slot, and here. */
  const isWhole = ({ slots }: Known, slot: number | undefined): boolean =>
    slot !== undefined && expected.every((venue) => slots.get(venue) === slot);

  const forget = (symbol: string): void => {
    Object.assign(knownOf(symbol), { outset: undefined, read: undefined });
  };

  return {
    hear: (symbol, report) => {
      const known = knownOf(symbol);
      const { slots, heard, read } = known;
      if (report.slot < (slots.get(report.venue) ?? -Infinity)) return undefined;
      slots.set(report.venue, report.slot);
      heard.set(report.venue, recordOf(report, heard.get(report.venue)));
      // what was read any earlier is too old, and a round that ended without this venue is done
      if (read === undefined || read.slot !== report.slot - 1 || !isWhole(known, report.slot))
        return undefined;
      forget(symbol);
      return { ...read, records: withHeard(read.records, heard) };
    },
    recomputing: (symbol, slot) => {
      // a deadline comes for rounds that are over, too
      if (knownOf(symbol).read?.slot !== slot) forget(symbol);
    },
    look: async (symbol) => {
      forget(symbol);
      const known = knownOf(symbol);
      const slot = known.slots.get(expected[0] ?? "");
      // where others poll as well, the next round won't be whole here either
      if (!isWhole(known, slot)) return;
      known.heard.clear();
      const asked = rounds.peek(symbol);
      known.outset = asked;
      try {
        const read = await asked;
        // after a clock was set back, what was heard isn't of the slot that was committed
        if (known.outset === asked && read?.slot === slot) known.read = read;
      } catch (error) {
        log.debug(
          { symbol, error },
          "nothing could be read ahead; the next round reads it when it is complete",
        );
      }
    },
  };
}

function nothing(): Known {
  return { slots: new Map(), heard: new Map(), outset: undefined, read: undefined };
}

/** As Redis keeps them: a failure beside the last good observation, and gone with the next. Sorted by series. */
function withHeard(
  records: readonly VenueRecord[],
  heard: ReadonlyMap<string, VenueRecord>,
): readonly VenueRecord[] {
  const bySeries = new Map(records.map((record) => [record.venue, record]));
  for (const [venue, record] of heard)
    bySeries.set(venue, record.observation === undefined ? { ...bySeries.get(venue), ...record } : record);
  return [...bySeries.values()].toSorted((a, b) => (a.venue < b.venue ? -1 : 1));
}

/** Of each series what was heard last: the observation, and the failure since, if there is one. Sorted by series. */
export function newestRecords(...readings: readonly (readonly VenueRecord[])[]): readonly VenueRecord[] {
  const newest = new Map<string, VenueRecord>();
  for (const record of readings.flat()) {
    const known = newest.get(record.venue);
    newest.set(record.venue, known === undefined ? record : newerOf(known, record));
  }
  return [...newest.values()].toSorted((a, b) => (a.venue < b.venue ? -1 : 1));
}

function newerOf(one: VenueRecord, other: VenueRecord): VenueRecord {
  const [observation] = [one.observation, other.observation]
    .flatMap((some) => some ?? [])
    .toSorted((a, b) => b.receivedAt - a.receivedAt);
  const [failure] = [one.failure, other.failure]
    .flatMap((some) => some ?? [])
    .toSorted((a, b) => b.at - a.at);
  const isOver = failure === undefined || failure.at < (observation?.receivedAt ?? -Infinity);
  return { venue: one.venue, ...(observation && { observation }), ...(!isOver && { failure }) };
}

function recordOf(report: VenueReport, before: VenueRecord | undefined): VenueRecord {
  const { venue } = report;
  if ("observation" in report) return { venue, observation: report.observation };
  const { at, slot, failure } = report;
  return { ...before, venue, failure: { ...failure, at, slot } };
}
