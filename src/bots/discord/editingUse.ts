import { changeSubscription, type SubscriptionChange } from "../../alerts/edits.ts";
import type { Asked } from "../shared/conversation.ts";
import { sayRefusal } from "../shared/refusal.ts";
import { saidReply } from "../shared/replies/settings.ts";
import { unseal } from "../shared/signature.ts";
import type { Reply } from "../shared/reply.ts";
import { readEditModal } from "./editing.ts";
import type { ModalUse } from "./interaction.ts";
import { refusedHere } from "./preflight.ts";
import type { Turn } from "./turn.ts";

/** The form of one subscription, sent. Rights are looked at again: it may have been open for an hour. */
export async function onModal(interaction: ModalUse, turn: Turn): Promise<void> {
  const { texts, ports } = turn;
  const opened = unseal(interaction.customId, turn.seal);
  if (opened.kind !== "pressed" || opened.pressed.action.do !== "edit") {
    return turn.sayAtOnce(saidReply(texts.say("bot-button-old")));
  }
  const { action, target } = opened.pressed;
  const refused = refusedHere(interaction, action, texts);
  if (refused !== undefined) return turn.sayAtOnce(refused);
  const change = readEditModal(interaction.fields, ports.symbols[0] ?? "BTC");
  if (!change.ok) return turn.sayAtOnce(saidReply(sayRefusal(texts, change.refusal)));
  await turn.work({
    screen: interaction.isFromMessage ? "in-place" : "private",
    target,
    isPosting: false,
    make: async (asked) =>
      (await refusedChange(turn, asked, action.id, change.value)) ?? turn.perform(action, asked),
  });
}

async function refusedChange(
  { ports }: Turn,
  { place, texts }: Asked,
  id: number,
  change: SubscriptionChange,
): Promise<Reply | undefined> {
  const limits = { symbols: ports.symbols, notionalsInUse: new Set<number>() };
  const result = await ports.destinations.change(place.destination, changeSubscription(id, change, limits));
  return result.kind === "refused" ? saidReply(texts.say(result.reason, result.arguments)) : undefined;
}
