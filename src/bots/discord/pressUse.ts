import type { Action } from "../shared/actions.ts";
import { seal, unseal, type Pressed } from "../shared/signature.ts";
import { plain, type Reply } from "../shared/reply.ts";
import { destinationOf } from "./asked.ts";
import { limited } from "./answers.ts";
import { editModal, zoneModal } from "./editing.ts";
import type { PressUse } from "./interaction.ts";
import { preflight, refusedHere } from "./preflight.ts";
import type { Outcome } from "./responder.ts";
import { isPosting, type Screen, type Turn } from "./turn.ts";

/** A button, or an entry of a menu. Who presses is looked at every time; buttons outlive rights. */
export async function onPress(interaction: PressUse, turn: Turn): Promise<Outcome> {
  const { texts } = turn;
  const opened = unseal(interaction.values[0] ?? interaction.customId, turn.seal);
  if (opened.kind !== "pressed") {
    return turn.sayAtOnce({ paragraphs: [plain(texts.say("bot-button-old"))] });
  }
  const { action, target } = opened.pressed;
  const refused =
    refusedHere(interaction, action, texts) ?? channelRefusal(interaction, opened.pressed, turn);
  if (refused !== undefined) return turn.sayAtOnce(refused);
  if (action.do === "choose-zone") {
    return turn.responder.openModal(zoneModal(texts, seal(opened.pressed, turn.seal)));
  }
  if (action.do === "choose-ratio" && action.id !== undefined) {
    return openModal(interaction, { id: action.id, target }, turn);
  }
  return turn.work({
    screen: screenOf(interaction, action),
    target,
    isPosting: isPosting(action),
    make: async (asked) => turn.perform(action, asked),
  });
}

/** What may be missing in another channel is said when that one is named; here Discord says it with every press. */
function channelRefusal(
  interaction: PressUse,
  { action, target }: Pressed,
  { texts }: Turn,
): Reply | undefined {
  const begins = action.do === "subscribe" || (action.do === "choose-ratio" && action.id === undefined);
  return begins && target === undefined ? preflight(interaction, interaction.channel, texts) : undefined;
}

/** A refreshed card stays where it is; anything else somebody presses is for them alone. */
function screenOf({ message }: PressUse, action: Action): Screen {
  const isRefresh = action.do === "imbalance" || action.do === "map";
  return message.isEphemeral || isRefresh ? "in-place" : "private";
}

/** A form must be the first answer: there is no deferral before it, so what it shows is read in a hurry. */
const hurryMs = 1_500;

async function openModal(
  interaction: PressUse,
  { id, target }: { readonly id: number; readonly target: string | undefined },
  turn: Turn,
): Promise<Outcome> {
  const { ports, texts, responder } = turn;
  const reading = ports.destinations
    .get(target ?? destinationOf(interaction))
    .catch(() => "trouble" as const);
  const record = await limited(reading, hurryMs, () => "trouble" as const);
  if (record === "trouble") return turn.sayAtOnce({ paragraphs: [plain(texts.say("discord-trouble"))] });
  const subscription = record?.subscriptions.find((one) => one.id === id);
  const isOthers = interaction.place.kind === "guild" && record?.settings.guild !== interaction.place.guild;
  if (subscription === undefined || (target !== undefined && isOthers)) {
    return turn.sayAtOnce({ paragraphs: [plain(texts.say("bot-alert-gone"))] });
  }
  const pressed = { action: { do: "edit", id } as const, ...(target !== undefined && { target }) };
  return responder.openModal(editModal(texts, subscription, seal(pressed, turn.seal)));
}
