import type { Said } from "../stage.ts";
import { askingIn, type Evidence, isSame, recordsIn } from "./evidence.ts";

/** Whoever asked for it all the while it was said and told has a row in the ledger, of the strongest that was asked for. */
export function told(evidence: Evidence): readonly string[] {
  const names = [...evidence.history.wishes.keys()];
  return evidence.history.said.flatMap((said) =>
    names
      .filter((name) => !isForgotten(evidence, name, said.at))
      .flatMap((name) => toldAt(evidence, name, said)),
  );
}

function isForgotten(evidence: Evidence, name: string, since: number): boolean {
  return evidence.history.forgotten.some(
    (one) => one.doneAt > since && isSame(evidence, one.destination, name),
  );
}

function toldAt(evidence: Evidence, destination: string, { at, symbol, alerts }: Said): readonly string[] {
  const records = recordsIn(
    evidence,
    destination,
    at - 2_000,
    Math.max(at, firstTold(evidence, alerts)) + 1_000,
  );
  const asked = alerts
    .filter(({ kind, rule }) => {
      const isAsked = records.every(
        (one) =>
          one !== undefined &&
          one.disabled === undefined &&
          askingIn(one, symbol, rule).some(({ mode }) => mode !== "off"),
      );
      return kind === "push" && isAsked;
    })
    .map(({ alertId }) => alertId);
  const [strongest, ...weaker] = asked;
  if (strongest === undefined) return [];
  const has = evidence.rows.some(
    (row) => asked.includes(row.alertId) && isSame(evidence, row.destination, destination),
  );
  const isSent = (alertId: string): boolean =>
    evidence.rows.some(
      (row) => row.destination === destination && row.alertId === alertId && row.state === "sent",
    );
  // a webhook is told all there is
  const isDoubled = isSent(strongest) && !destination.startsWith("webhook");
  return [
    ...(has ? [] : [`${destination} has no word of ${asked.join(", ")}`]),
    ...(isDoubled ? weaker.filter(isSent) : []).map(
      (alertId) => `${destination} was told ${alertId} beside ${strongest}`,
    ),
  ];
}

/** Who is to hear of it is looked up when somebody is there to tell it. */
function firstTold({ rows }: Evidence, alerts: Said["alerts"]): number {
  const ids = new Set(alerts.map(({ alertId }) => alertId));
  const times = rows.filter(({ alertId }) => ids.has(alertId)).map((row) => row.at);
  return times.length === 0 ? 0 : Math.min(...times);
}
