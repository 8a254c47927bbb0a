import { wishKey } from "../../alerts/edits.ts";
import type { DestinationRecord } from "../../alerts/subscription.ts";

/**
 * A record under another name. Where one is kept there already, its settings stay, and the other's subscriptions join
 * those that don't wish for the same. Applied twice it changes nothing more.
 */
export function movedRecord(
  record: DestinationRecord,
  to: string,
  there: DestinationRecord | undefined,
): DestinationRecord {
  if (there === undefined) return { ...record, destination: to };
  const wishes = new Set(there.subscriptions.map(wishKey));
  const joining = record.subscriptions.filter((one) => !wishes.has(wishKey(one)));
  const numbered = joining.map((one, index) => ({ ...one, id: there.nextId + index }));
  return {
    ...there,
    subscriptions: [...there.subscriptions, ...numbered],
    nextId: there.nextId + numbered.length,
  };
}
