import type { Delivery } from "../store/contracts/outbox.ts";
import { barred, type Delivered, type DeliverOptions, type Errand } from "./errand.ts";
import { heed, noteInvalid } from "./heed.ts";
import { letterFor } from "./letter.ts";
import { editSettlement, type FinalResult } from "./settlement.ts";

/** Brings a message that stands up to date. */
export async function edit(
  options: DeliverOptions,
  delivery: Delivery,
  { addressee, until, messageId }: Errand & { readonly messageId: string },
): Promise<Delivered> {
  const { sender } = options;
  const found = letterFor(options, delivery, addressee);
  const letter = found instanceof Promise ? await found : found;
  if ("kind" in letter) return { result: editSettlement(letter, { delivery, retryInMs: 0 }) };
  const bar = barred(options, until);
  if (bar !== undefined) return bar;
  const answer = await (sender.edit === undefined
    ? sender.send({ ...letter, isUpdate: true, possibleRepeat: delivery.unknowns > 0 })
    : sender.edit({ ...letter, messageId }));
  if (answer.kind === "sent") return { result: answer };
  const result: FinalResult = answer.kind === "migrated" ? messageStayed : answer;
  const retryInMs = await heedEdit(options, result, addressee.destination);
  const attempted = { delivery, retryInMs, ageMs: delivery.alert.ageMs };
  return {
    result: editSettlement(result, { ...attempted, isUnpaced: sender.pace === undefined }),
    ...(retryInMs > 0 && { restMs: retryInMs }),
  };
}

/** Whether it may still write there, the next push will show. */
async function heedEdit(options: DeliverOptions, result: FinalResult, destination: string): Promise<number> {
  if (result.kind === "rate-limited") return heed(options, result, destination);
  if (result.kind === "rejected") await noteInvalid(options, result);
  return 0;
}

const messageStayed: FinalResult = { kind: "rejected", reason: "the chat has moved since", disable: false };
