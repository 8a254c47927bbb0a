import type { VenueRecord, VenueReport } from "./contracts/rounds.ts";
import type { Log } from "../ops/log.ts";
import { messageOf } from "./errors.ts";
import { formatStored, parseStored, storedFailure, storedObservation } from "./json.ts";

/** What a venue said is one field of a symbol's reports: `o:` and its name, or `f:` where it failed. */
export function formatReport(report: VenueReport): { kind: "o" | "f"; json: string } {
  if ("observation" in report) return { kind: "o", json: formatStored(report.observation) };
  return { kind: "f", json: formatStored({ ...report.failure, at: report.at, slot: report.slot }) };
}

/** By venue, of the fields of the hash. */
export function readReports(fields: ReadonlyMap<string, string>, log: Log): readonly VenueRecord[] {
  const venues = new Set([...fields.keys()].map((field) => field.slice("o:".length)));
  const record = (venue: string): VenueRecord => {
    const what = `report of ${venue}`;
    const observation = readable(fields.get(`o:${venue}`), storedObservation, { what, log });
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
