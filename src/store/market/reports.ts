import type { VenueRecord, VenueReport } from "../contracts/rounds.ts";
import type { Log } from "../../ops/log.ts";
import type { Observation } from "../../poller/contracts.ts";
import { messageOf } from "../errors.ts";
import { formatStored, parseStored, storedFailure, storedObservation } from "../json.ts";

/** What a venue said is one field of a symbol's reports: `o:` and its name, or `f:` where it failed. */
export function formatReport(report: VenueReport): { kind: "o" | "f"; json: string } {
  if ("observation" in report) return { kind: "o", json: formatStored(report.observation) };
  return { kind: "f", json: formatStored({ ...report.failure, at: report.at, slot: report.slot }) };
}

/** What this process has written of a symbol, the newest of each venue. */
export interface OwnWords {
  readonly note: (venue: string, json: string, observation: Observation) => void;
  /** What it had written, where these are still its words: reading them again takes longer than all the rest. */
  readonly find: (venue: string, json: string | undefined) => Observation | undefined;
}

export function createOwnWords(): OwnWords {
  const own = new Map<string, { readonly json: string; readonly observation: Observation }>();
  return {
    note: (venue, json, observation) => {
      // a figure that JSON doesn't know would be refused by who reads it, and so here
      if (json.includes("null")) own.delete(venue);
      else own.set(venue, { json, observation });
    },
    find: (venue, json) => {
      const known = own.get(venue);
      return known?.json === json ? known?.observation : undefined;
    },
  };
}

/** By venue, of the fields of the hash. */
export function readReports(
  fields: ReadonlyMap<string, string>,
  log: Log,
  own?: OwnWords,
): readonly VenueRecord[] {
  const venues = new Set([...fields.keys()].map((field) => field.slice("o:".length)));
  const record = (venue: string): VenueRecord => {
    const what = `report of ${venue}`;
    const json = fields.get(`o:${venue}`);
    const observation = own?.find(venue, json) ?? readable(json, storedObservation, { what, log });
    const failure = readable(fields.get(`f:${venue}`), storedFailure, { what, log });
    return { venue, ...(observation && { observation }), ...(failure && { failure }) };
  };
  return [...venues].toSorted().map(record);
}

/** JSON of the right shape. */
export function readable<T>(
  json: string | undefined,
  isRight: (value: unknown) => value is T,
  { what, log }: { readonly what: string; readonly log: Log },
): T | undefined {
  return json === undefined ? undefined : orLeftOut(() => parseStored(json, isRight, what), { what, log });
}

/** What another version wrote is as good as nothing: its writer's next word replaces it. */
export function orLeftOut<T>(
  read: () => T,
  { what, log }: { readonly what: string; readonly log: Log },
): T | undefined {
  try {
    return read();
  } catch (error) {
    log.warn({ what }, `left out: ${messageOf(error)}`);
    return undefined;
  }
}
