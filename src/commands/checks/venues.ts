import type { PollOutcome, Venue } from "../../poller/contracts.ts";
import type { Finding } from "./finding.ts";

/** Alerts speak of data by its age; venues refuse signed requests at 5 s, and a candle ends by the clock. */
const mostClockErrorMs = 5_000;

export interface VenueVisit {
  readonly id: string;
  readonly outcome: PollOutcome;
}

/** Polls each venue once for one symbol, all at the same time. */
export async function visitVenues(venues: readonly Venue[], symbol: string): Promise<readonly VenueVisit[]> {
  return Promise.all(
    venues.map(async (venue) => {
      let outcome: PollOutcome = { ok: false, failure: { kind: "retry", reason: "the venue said nothing" } };
      await venue.poll([{ symbol }], (_symbol, result) => {
        outcome = result;
      });
      await venue.close();
      return { id: venue.id, outcome };
    }),
  );
}

/** A venue that is down is a nuisance; none at all is a failure. */
export function judgeVenues(visits: readonly VenueVisit[], symbol: string): readonly Finding[] {
  const allFailed = visits.every(({ outcome }) => !outcome.ok);
  return visits.map(({ id, outcome }) => {
    if (outcome.ok)
      return { level: "ok", message: `${id} has ${symbol} at ${outcome.observation.markPrice}` };
    const hint =
      outcome.failure.kind === "give-up-symbol"
        ? `Take ${symbol} out of SYMBOLS or ${id} out of VENUES, or leave it: the other venues are used.`
        : `Check that ${id} may be reached from this machine (some countries are refused); VENUES says which are asked.`;
    const { reason } = outcome.failure;
    const message = reason.startsWith(id) ? reason : `${id}: ${reason}`;
    return { level: allFailed ? "error" : "warning", message, hint };
  });
}

/** Our clock against the venues': half of them would have to be wrong together. */
export function judgeClock(visits: readonly VenueVisit[]): Finding {
  const ahead = visits
    .flatMap(({ outcome }) =>
      outcome.ok ? [outcome.observation.receivedAt - outcome.observation.observedAt] : [],
    )
    .toSorted((a, b) => a - b);
  const median = ahead[Math.floor(ahead.length / 2)];
  if (median === undefined)
    return { level: "warning", message: "the clock can't be checked without a venue" };
  if (Math.abs(median) <= mostClockErrorMs)
    return { level: "ok", message: "the clock agrees with the venues'" };
  return {
    level: "error",
    message: `the clock is ${Math.round(Math.abs(median) / 1000)} s ${median > 0 ? "ahead of" : "behind"} the venues'`,
    hint: "Switch time synchronisation on: sudo timedatectl set-ntp true",
  };
}
