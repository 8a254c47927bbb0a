import type { Delivery, DeliveryResult } from "../store/contracts/outbox.ts";
import type { Refusals } from "./refusals.ts";
import type { Visit } from "./visits.ts";

/** What a visit knows of its destination. */
export type Place = Pick<Visit, "destination" | "record" | "pushes" | "movedTo">;

/**
 * A chat that moved before: its record is under its new name. One that is still under the old name was put there again, or
 * whoever moved it died: both would be told everything, and the old one's settings nobody can change any more.
 */
export async function followed(refusals: Refusals, visit: Place, movedTo: string): Promise<Place> {
  const { destination, record: known } = visit;
  const record = known?.destination === movedTo ? known : await refusals.moved(destination, movedTo);
  return { ...visit, destination: movedTo, record };
}

/** A message stays in the chat it was sent to: where that has moved, another one may have its number in the new chat. */
export function where({ destination }: Delivery, place: Place): Place {
  return place.destination === destination ? place : { ...place, destination };
}

/** What is held back is kept with a chat: under its new name, where it has moved. */
export function at({ destination }: Place, delivery: Delivery): Delivery {
  return delivery.destination === destination ? delivery : { ...delivery, destination };
}

/** A message is kept under the name of the chat it went to: there it will be edited. */
export function wentTo(to: string, { messageId }: Delivery, result: DeliveryResult): DeliveryResult {
  return result.kind === "sent" && messageId === undefined ? { destination: to, ...result } : result;
}
