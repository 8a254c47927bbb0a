import {
  ComponentType,
  TextInputStyle,
  type APIModalInteractionResponseCallbackData,
  type APISelectMenuOption,
} from "discord-api-types/v10";
import type { SubscriptionChange } from "../../alerts/edits.ts";
import type { Subscription } from "../../alerts/subscription.ts";
import type { Texts } from "../../texts/texts.ts";
import { parseRatio } from "../shared/ratios.ts";
import { accept, type Parsed } from "../shared/refusal.ts";
import { describe, shortName } from "../shared/replies/alerts.ts";
import { exactRatio } from "../shared/replies/subscribe.ts";
import { cut, fieldLabelLimit, fieldPlaceholderLimit, modalTitleLimit } from "./limits.ts";

const confidences = [50, 80, 90] as const;
const directions = ["both", "up", "down"] as const;
const modes = ["loud", "silent", "off"] as const;

/** The form in which all of a subscription is changed at once. `customId` says which, signed. */
export function editModal(
  texts: Texts,
  subscription: Subscription,
  customId: string,
): APIModalInteractionResponseCallbackData {
  const { say } = texts;
  const { ratio, direction, confidence, mode } = subscription;
  const ways = { both: "bot-edit-either", up: "bot-edit-up", down: "bot-edit-down" } as const;
  return {
    custom_id: customId,
    title: cut(say("discord-modal-title", { name: shortName(texts, subscription) }), modalTitleLimit),
    components: [
      labelled(say("discord-modal-ratio"), {
        type: ComponentType.TextInput,
        custom_id: "ratio",
        style: TextInputStyle.Short,
        value: exactRatio(texts, ratio),
        placeholder: cut(describe(texts, subscription), fieldPlaceholderLimit),
        min_length: 1,
        max_length: 10,
        required: true,
      }),
      labelled(say("discord-modal-direction"), {
        type: ComponentType.StringSelect,
        custom_id: "direction",
        options: directions.map((value) => option(say(ways[value]), value, value === direction)),
      }),
      labelled(say("discord-modal-confidence"), {
        type: ComponentType.StringSelect,
        custom_id: "confidence",
        options: confidences.map((value) => {
          const label = say("bot-edit-confidence", { percent: texts.percent(value / 100) });
          return option(label, String(value), value === confidence);
        }),
      }),
      labelled(say("discord-modal-mode"), {
        type: ComponentType.StringSelect,
        custom_id: "mode",
        options: modes.map((value) => option(say(`bot-edit-${value}`), value, value === mode)),
      }),
    ],
  };
}

/** The form that asks for a time zone: nothing else on Discord tells it. */
export function zoneModal(texts: Texts, customId: string): APIModalInteractionResponseCallbackData {
  const { say } = texts;
  return {
    custom_id: customId,
    title: cut(say("bot-command-zone"), modalTitleLimit),
    components: [
      labelled(say("discord-modal-zone"), {
        type: ComponentType.TextInput,
        custom_id: "zone",
        style: TextInputStyle.Short,
        placeholder: "Berlin",
        min_length: 1,
        max_length: 60,
        required: true,
      }),
    ],
  };
}

type Label = Extract<
  APIModalInteractionResponseCallbackData["components"][number],
  { type: ComponentType.Label }
>;

function labelled(label: string, component: Label["component"]): Label {
  return { type: ComponentType.Label, label: cut(label, fieldLabelLimit), component };
}

function option(label: string, value: string, isDefault: boolean): APISelectMenuOption {
  return { label, value, ...(isDefault && { default: true }) };
}

/** What was filled in; whatever is none of the choices is left as it is. */
export function readEditModal(
  fields: ReadonlyMap<string, string>,
  symbol: string,
): Parsed<SubscriptionChange> {
  const ratio = parseRatio(fields.get("ratio") ?? "", `/subscribe ${symbol} 2.5`);
  if (!ratio.ok) return ratio;
  const direction = directions.find((value) => value === fields.get("direction"));
  const confidence = confidences.find((value) => String(value) === fields.get("confidence"));
  const mode = modes.find((value) => value === fields.get("mode"));
  return accept({
    ratio: ratio.value,
    ...(direction !== undefined && { direction }),
    ...(confidence !== undefined && { confidence }),
    ...(mode !== undefined && { mode }),
  });
}
