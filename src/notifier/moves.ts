import type { Delivery, DeliveryResult } from "../store/contracts/outbox.ts";
import type { Addressee } from "./judge.ts";
import type { Refusals } from "./refusals.ts";

/**
 * A chat that moved before: its record is under its new name. One that is still under the old name was put there again, or
 * whoever moved it died: both would be told everything, and the old one's settings nobody can change any more.
 */
export async function followed(
  refusals: Refusals,
  { destination, record: known, pushes }: Addressee,
  movedTo: string,
): Promise<Addressee> {
  const record = known?.destination === movedTo ? known : await refusals.moved(destination, movedTo);
  return { destination: movedTo, record, pushes };
}

/**
 * For an edit, the addressee under the name its message was sent to: where the chat has moved, another message may have its
 * number in the new chat.
 */
export function asSentTo({ destination }: Delivery, addressee: Addressee): Addressee {
  return addressee.destination === destination ? addressee : { ...addressee, destination };
}

/** The delivery under its addressee's name: where the chat has moved, what is held back for it is kept under the new one. */
export function addressedTo({ destination }: Addressee, delivery: Delivery): Delivery {
  return delivery.destination === destination ? delivery : { ...delivery, destination };
}

/** A message is kept under the name of the chat it went to: there it will be edited. */
export function wentTo(to: string, { messageId }: Delivery, result: DeliveryResult): DeliveryResult {
  return result.kind === "sent" && messageId === undefined ? { destination: to, ...result } : result;
}
