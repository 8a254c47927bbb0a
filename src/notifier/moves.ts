import type { DestinationRecord } from "../alerts/subscription.ts";
import type { Delivery, DeliveryResult } from "../store/contracts/outbox.ts";
import type { SendRequest, SendResult } from "./contracts.ts";
import type { Heed } from "./heed.ts";
import type { Addressee } from "./judge.ts";
import type { Refusals } from "./refusals.ts";
import type { FinalResult } from "./settlement.ts";

/** A chat's new name, and what is kept of it there. */
export interface Moved {
  readonly to: string;
  readonly record: DestinationRecord | undefined;
}

export interface Followed {
  readonly result: FinalResult;
  /** Whose result it is: the new name where the new chat was asked. */
  readonly destination: string;
  readonly moved?: Moved;
}

/** The next attempt goes to the new one. */
const unfollowed: FinalResult = {
  kind: "unreachable",
  reason: "the chat has moved, and could not be followed",
};

interface Following {
  readonly request: SendRequest;
  /** Whether the new chat may be asked, once it is known. */
  readonly mayGo: () => boolean;
}

/** A group of which the platform says now that it became another one: followed once, and its subscriptions with it. */
export async function followAnswer(
  { sender, refusals, log }: Pick<Heed, "sender" | "refusals" | "log">,
  answer: SendResult,
  { request, mayGo }: Following,
): Promise<Followed> {
  const { destination } = request;
  if (answer.kind !== "migrated") return { result: answer, destination };
  log.warn(
    { platform: sender.platform },
    "a chat has moved: where it is in the configuration, write its new id there",
  );
  const { to } = answer;
  let moved: Moved;
  try {
    moved = { to, record: await refusals.moved(destination, to) };
  } catch (error) {
    log.warn({ platform: sender.platform, error }, "where a chat has moved to could not be noted");
    return { result: unfollowed, destination };
  }
  if (!mayGo()) return { result: unfollowed, destination, moved };
  const again = await sender.send({ ...request, destination: to });
  if (again.kind !== "migrated") return { result: again, destination: to, moved };
  return { result: { kind: "rejected", reason: "the destination moved twice", disable: false }, destination };
}

/**
 * A chat of which it was noted before that it moved. Its record should be under the new name; one that is still under the
 * old name was put there again, or whoever moved it died. It is moved (again): both names would be told everything, and
 * nobody can change the settings under the old one any more.
 */
export async function followNote(
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
