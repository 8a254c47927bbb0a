import { changeSubscription, type SubscriptionChange } from "../../alerts/edits.ts";
import type { Asked } from "../shared/conversation.ts";
import type { Action } from "../shared/actions.ts";
import { accept, sayRefusal, type Parsed } from "../shared/refusal.ts";
import { saidReply } from "../shared/replies/settings.ts";
import { unseal } from "../shared/signature.ts";
import { parseZone } from "../shared/zones.ts";
import type { Reply } from "../shared/reply.ts";
import { readEditModal } from "./editing.ts";
import type { ModalUse } from "./interaction.ts";
import { refusedHere } from "./preflight.ts";
import type { Outcome } from "./responder.ts";
import type { Turn } from "./turn.ts";

/** A form, sent. Rights are looked at again: it may have been open for an hour. */
export async function onModal(interaction: ModalUse, turn: Turn): Promise<Outcome> {
  const { texts } = turn;
  const opened = unseal(interaction.customId, turn.seal);
  if (opened.kind !== "pressed") return turn.sayAtOnce(saidReply(texts.say("bot-button-old")));
  const { action, target } = opened.pressed;
  const refused = refusedHere(interaction, action, texts);
  if (refused !== undefined) return turn.sayAtOnce(refused);
  const filled = readForm(action, interaction, turn);
  if (filled === undefined) return turn.sayAtOnce(saidReply(texts.say("bot-button-old")));
  if (!filled.ok) return turn.sayAtOnce(saidReply(sayRefusal(texts, filled.refusal)));
  const screen = interaction.isFromMessage ? "in-place" : "private";
  return turn.work({ screen, target, isPosting: false, make: filled.value });
}

type Make = (asked: Asked) => Promise<Reply>;

/** What is to be done with what was filled in; undefined for an action that has no form. */
function readForm(action: Action, { fields }: ModalUse, turn: Turn): Parsed<Make> | undefined {
  if (action.do === "edit") {
    const change = readEditModal(fields, turn.ports.symbols[0] ?? "BTC");
    if (!change.ok) return change;
    return accept(
      async (asked) =>
        (await refusedChange(turn, asked, action.id, change.value)) ?? turn.perform(action, asked),
    );
  }
  if (action.do !== "choose-zone") return undefined;
  const zone = parseZone(fields.get("zone") ?? "", "/zone Berlin");
  if (!zone.ok) return zone;
  return accept(async (asked) => turn.perform({ do: "zone", zone: zone.value }, asked));
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
