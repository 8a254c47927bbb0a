import type { Texts } from "../../texts/texts.ts";
import { changesSettings, type Action } from "../shared/actions.ts";
import { plain, type Reply } from "../shared/reply.ts";
import { mayChange } from "./asked.ts";
import type { Channel, Interaction } from "./interaction.ts";
import { inviteUrl, isPostable, missingRights, neededRights, type Right } from "./permissions.ts";
import { channelName } from "./render.ts";

/** Why this may not be done here by whoever asks, whatever the channel; undefined where it may. Reads nothing. */
export function refusedHere(interaction: Interaction, action: Action, texts: Texts): Reply | undefined {
  if (!changesSettings(action)) return undefined;
  const refused = refusedPlace(interaction, texts);
  if (refused !== undefined || mayChange(interaction)) return refused;
  return refusal(texts.say("discord-managers-only"));
}

function refusedPlace(interaction: Interaction, texts: Texts): Reply | undefined {
  const { place } = interaction;
  if (place.kind === "direct") return place.isOwn ? undefined : refusal(texts.say("discord-not-here"));
  return place.isInstalled ? undefined : notInstalled(interaction, texts);
}

/**
 * What stands in the way of alerts in this channel, said before anything is saved; undefined where nothing does. In
 * direct messages nothing can be missing; where Discord doesn't say what the bot may do, the test alert will.
 */
export function preflight(interaction: Interaction, channel: Channel, texts: Texts): Reply | undefined {
  if (interaction.place.kind === "direct") return undefined;
  const name = channelName(channel.id);
  if (!isPostable(channel.type)) return refusal(texts.say("discord-wrong-channel", { channel: name }));
  const missing = channel.rights === undefined ? [] : missingRights(channel.type, channel.rights);
  if (missing.length === 0) return undefined;
  const rights = rightNames(texts, missing);
  return {
    paragraphs: [
      [{ text: texts.say("discord-missing-rights", { channel: name, rights }), style: "bold" }],
      plain(texts.say("discord-missing-rights-how", { rights })),
    ],
    isPrivate: true,
  };
}

function notInstalled({ application }: Interaction, texts: Texts): Reply {
  const label = texts.say("discord-not-installed-button");
  return {
    paragraphs: [plain(texts.say("discord-not-installed"))],
    rows: [[{ kind: "link", label, url: inviteUrl(application) }]],
    isPrivate: true,
  };
}

function refusal(text: string): Reply {
  return { paragraphs: [plain(text)], isPrivate: true };
}

/** As the reader's own Discord lists them. */
function rightNames(texts: Texts, rights: readonly Right[]): string {
  const list = new Intl.ListFormat(texts.language, { type: "conjunction" });
  return list.format(rights.map((right) => `“${texts.say(`discord-right-${right}`)}”`));
}

const textChannel = 0;

/** Why a test alert was refused, in words: the sender's reason ends with Discord's code. */
export function explainRefusal(texts: Texts, reason: string): string {
  const code = /\((\d{4,6})\)$/u.exec(reason)?.[1];
  if (code === "50001") return texts.say("discord-refused-access");
  if (code === "50013") {
    return texts.say("discord-refused-rights", { rights: rightNames(texts, neededRights(textChannel)) });
  }
  return code === "10003" ? texts.say("discord-refused-unknown") : reason;
}
