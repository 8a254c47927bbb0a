import { parseAlertContent } from "../alerts/content.ts";
import type { DeliveryHistory, PastDelivery } from "../bots/contracts.ts";
import type { Clock } from "../ops/clock.ts";
import type { AlertLog, DeliveryRecord, LoggedAlert } from "../store/contracts/alertLog.ts";

const keptMs = 90 * 24 * 3_600_000;
/** Alerts of a symbol that are looked through for one destination's. */
const mostAlerts = 500;

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
  return {
    ofDestination: async (destination, { symbol, limit }) => {
      const range = { from: clock.now() - keptMs, to: clock.now(), limit: mostAlerts };
      const asked = symbol === undefined ? await log.symbols(symbols) : [symbol];
      const alerts = (await Promise.all(asked.map(async (each) => log.alerts(each, range)))).flat();
      const rows = await log.deliveriesTo(destination, alerts);
      return alerts
        .flatMap((alert, index) => past(alert, rows[index]) ?? [])
        .toSorted((a, b) => b.firedAt - a.firedAt)
        .slice(0, limit);
    },
  };
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
    outcome: outcomes[row.state],
    ...(told && { reason: row.note }),
  };
}
