import { parseAlertContent } from "../alerts/content.ts";
import { alertMessage } from "../alerts/message.ts";
import type { DeliveryRecord, LoggedAlert } from "../store/contracts/alertLog.ts";

/** One line for a person: when, what, and how many it reached. */
export function alertLine(alert: LoggedAlert, rows: readonly DeliveryRecord[]): string {
  const content = parseAlertContent(alert.content);
  const said = content.ok ? alertMessage(content.value, "en").headline : `unreadable: ${content.reason}`;
  return `${new Date(alert.at).toISOString()}  ${said}  ·  ${reachOf(rows)}`;
}

function reachOf(rows: readonly DeliveryRecord[]): string {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${state}`);
  return parts.length === 0 ? "to nobody yet" : parts.join(", ");
}

/** One line for a program. Destinations are in full: it is the operator who asks. */
export function alertJson(alert: LoggedAlert, rows: readonly DeliveryRecord[]): string {
  const { alertId, episodeId, symbol, rule, at, content } = alert;
  return JSON.stringify({
    alertId,
    episodeId,
    symbol,
    rule,
    time: at,
    content: JSON.parse(content),
    deliveries: rows.map(({ destination, state, attempts, possibleRepeats, at: time, note }) => ({
      destination,
      state,
      attempts,
      possibleRepeats,
      time,
      note,
    })),
  });
}
