import { parseAlertContent } from "../alerts/content.ts";
import type { DeliveryHistory, PastDelivery } from "../bots/contracts.ts";
import type { Clock } from "../ops/clock.ts";
import type { AlertLog, DeliveryRecord, LoggedAlert } from "../store/contracts/alertLog.ts";

const keptMs = 90 * 24 * 3_600_000;
/** Alerts of a symbol that are looked through for one destination's: weeks where hundreds of rules are in use. */
const mostAlerts = 10_000;

const outcomes: Readonly<Record<DeliveryRecord["state"], PastDelivery["outcome"]>> = {
  pending: "pending",
  sending: "pending",
  sent: "sent",
  dead: "dead",
  skipped: "skipped",
  // part of a summary
  held: "skipped",
};

/** What was said to a destination, out of the ledger. */
export function openPastDeliveries(
  log: AlertLog,
  symbols: readonly string[],
  clock: Clock,
): Pick<DeliveryHistory, "ofDestination"> {
  const lookThrough = async (
    destination: string,
    { symbol, limit }: { readonly symbol: string; readonly limit: number },
  ): Promise<readonly PastDelivery[]> => {
    const found: PastDelivery[] = [];
    let looked = 0;
    for await (const alerts of log.pages(symbol, { from: clock.now() - keptMs, to: clock.now() })) {
      const rows = await log.deliveriesTo(destination, alerts);
      found.push(...alerts.flatMap((alert, index) => past(alert, rows[index]) ?? []));
      looked += alerts.length;
      if (found.length >= limit || looked >= mostAlerts) break;
    }
    return found;
  };
  return {
    ofDestination: async (destination, { symbol, limit }) => {
      const asked = symbol === undefined ? await log.symbols(symbols) : [symbol];
      const found = await Promise.all(
        asked.map(async (each) => lookThrough(destination, { symbol: each, limit })),
      );
      return found
        .flat()
        .toSorted((a, b) => b.firedAt - a.firedAt)
        .slice(0, limit);
    },
  };
}

/** Whose answer was lost may have arrived, whatever became of later attempts. */
function outcomeOf({ state, possibleRepeats }: DeliveryRecord): PastDelivery["outcome"] {
  const isOver = state === "dead" || state === "skipped";
  return isOver && possibleRepeats > 0 ? "unknown" : outcomes[state];
}

function past(alert: LoggedAlert, row: DeliveryRecord | undefined): PastDelivery | undefined {
  if (row === undefined) return undefined;
  const content = parseAlertContent(alert.content);
  if (!content.ok) return undefined;
  const { alertId, symbol, at } = alert;
  const told = row.state !== "sent" && row.note !== "";
  return {
    alertId,
    symbol,
    firedAt: at,
    content: content.value,
    outcome: outcomeOf(row),
    ...(told && { reason: row.note }),
  };
}
