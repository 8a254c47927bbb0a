import {
  ComponentType,
  MessageFlags,
  type APIMessageTopLevelComponent,
  type APITextDisplayComponent,
  type RESTPostAPIChannelMessageJSONBody,
} from "discord-api-types/v10";
import { fitMessage } from "../alerts/fit.ts";
import type { AlertMessage, FullMessage } from "../alerts/message.ts";
import { escapeMarkdown } from "../texts/discordMarkdown.ts";

/** discord-api-docs, components/reference: all text of a message with components together. */
const textLimit = 4000;

const accents = { up: 0x2e_9e_6b, down: 0xd1_4b_4b } as const;

/**
 * The message as one container: no right to embed links is needed. Whether an accent is seen or not, the words
 * say it all; the headline stands first for the notification.
 */
export function renderDiscord(
  message: AlertMessage,
  possibleRepeat = false,
): RESTPostAPIChannelMessageJSONBody {
  if (message.kind === "line") return body([display(lineTexts(message, possibleRepeat))]);
  const fitted = fitMessage(message, textLimit, (full) => fullText(full, possibleRepeat).length);
  const content = display([fullText(fitted, possibleRepeat)]);
  return body([
    { type: ComponentType.Container, accent_color: accents[message.direction], components: [content] },
  ]);
}

function body(components: APIMessageTopLevelComponent[]): RESTPostAPIChannelMessageJSONBody {
  return { flags: MessageFlags.IsComponentsV2, components, allowed_mentions: { parse: [] } };
}

function display(paragraphs: readonly string[]): APITextDisplayComponent {
  return { type: ComponentType.TextDisplay, content: paragraphs.join("\n\n") };
}

function lineTexts(message: AlertMessage, possibleRepeat: boolean): readonly string[] {
  return [escapeMarkdown(message.headline), ...repeatNote(message, possibleRepeat)];
}

function repeatNote(message: AlertMessage, possibleRepeat: boolean): readonly string[] {
  return possibleRepeat ? [`*${escapeMarkdown(message.repeatNote)}*`] : [];
}

function fullText(message: FullMessage, possibleRepeat: boolean): string {
  const say = escapeMarkdown;
  const { headline, down, up, suggests, caveat, bottomLine, honesty, asOf } = message;
  const paragraphs = [
    `**${say(headline)}**`,
    ...repeatNote(message, possibleRepeat),
    `${say(down)}\n${say(up)}`,
    suggests.map((line) => say(line)).join("\n"),
    readings(message),
    `**${say(caveat.first)}** ${say(caveat.rest)}`,
    say(bottomLine ?? ""),
    // small print; every reader sees the time as "2 minutes ago" in their own language
    `-# ${say(honesty)} · <t:${Math.floor(asOf.at / 1000)}:R>`,
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

function readings({ readings: all, readingsTitle }: FullMessage): string {
  if (all.length === 0) return "";
  const lines = all.map(({ who, text }) => `> **${escapeMarkdown(who)}** ${escapeMarkdown(text)}`);
  return [`> **${escapeMarkdown(readingsTitle)}**`, ...lines].join("\n");
}
