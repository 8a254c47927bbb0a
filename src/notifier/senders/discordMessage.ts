import {
  ButtonStyle,
  ComponentType,
  MessageFlags,
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIMessageTopLevelComponent,
  type APITextDisplayComponent,
  type RESTPostAPIChannelMessageJSONBody,
} from "discord-api-types/v10";
import { fitMessage } from "../../alerts/fit.ts";
import type { AlertMessage, FullMessage } from "../../alerts/message.ts";
import { escapeMarkdown } from "../../texts/discordMarkdown.ts";
import type { MessageButton } from "../contracts.ts";

/** What goes with the words. */
export interface DiscordRendering {
  /** An earlier attempt may have arrived. */
  readonly possibleRepeat?: boolean;
  readonly buttons?: readonly (readonly MessageButton[])[];
  /** The name of the attached file, and what it shows for those who don't see it. */
  readonly picture?: { readonly filename: string; readonly description: string };
  readonly style?: "embed";
}

type Body = RESTPostAPIChannelMessageJSONBody;

/** discord-api-docs, components/reference: all text of a message with components together. */
export const textLimit = 4000;
/** discord-api-docs, resources/message#embed-object-embed-limits, #create-message. */
export const descriptionLimit = 4096;
export const contentLimit = 2000;
/** discord-api-docs, components/reference#button. */
const labelLimit = 80;

const accents = { up: 0x2e_9e_6b, down: 0xd1_4b_4b } as const;
/** Nobody is mentioned, whatever a text contains. */
const noMentions = { parse: [] };

/**
 * The message as one container (no right to embed links is needed) or, where a server wants that, as an embed.
 * Whether an accent is seen or not, the words say it all; the headline stands first for the notification.
 */
export function renderDiscord(message: AlertMessage, rendering: DiscordRendering = {}): Body {
  return rendering.style === "embed" ? embedBody(message, rendering) : componentsBody(message, rendering);
}

function componentsBody(message: AlertMessage, rendering: DiscordRendering): Body {
  const { picture } = rendering;
  const rows = buttonRows(rendering);
  if (message.kind === "line") return layout([display(lineTexts(message, rendering)), ...rows]);
  const { headline, rest } = fitted(message, rendering, textLimit);
  const gallery = (named: NonNullable<DiscordRendering["picture"]>): APIComponentInContainer => ({
    type: ComponentType.MediaGallery,
    items: [{ media: { url: `attachment://${named.filename}` }, description: named.description }],
  });
  const words =
    picture === undefined
      ? [display([headline, rest])]
      : [display([headline]), gallery(picture), display([rest])];
  const accent_color = accents[message.direction];
  return layout([{ type: ComponentType.Container, accent_color, components: [...words, ...rows] }]);
}

function layout(components: APIMessageTopLevelComponent[]): Body {
  return { flags: MessageFlags.IsComponentsV2, components, allowed_mentions: noMentions };
}

/** The headline as the message's own text, because an embed is not part of the notification. */
function embedBody(message: AlertMessage, rendering: DiscordRendering): Body {
  const { picture } = rendering;
  const common = { components: buttonRows(rendering), allowed_mentions: noMentions };
  if (message.kind === "line") {
    // said even where there is none: an edit would keep the one of before
    return { content: lineTexts(message, rendering).join("\n\n"), embeds: [], ...common };
  }
  const { headline, rest } = fitted(message, rendering, descriptionLimit);
  const image = picture === undefined ? {} : { image: { url: `attachment://${picture.filename}` } };
  const embed = { description: rest, color: accents[message.direction], ...image };
  return { content: headline.slice(0, contentLimit), embeds: [embed], ...common };
}

function buttonRows({ buttons = [] }: DiscordRendering): APIActionRowComponent<APIButtonComponent>[] {
  return buttons.map((row) => ({
    type: ComponentType.ActionRow,
    components: row.map(({ label, data }) => ({
      type: ComponentType.Button,
      style: ButtonStyle.Secondary,
      label: label.slice(0, labelLimit),
      custom_id: data,
    })),
  }));
}

function display(paragraphs: readonly string[]): APITextDisplayComponent {
  return { type: ComponentType.TextDisplay, content: paragraphs.join("\n\n") };
}

function lineTexts(
  message: Extract<AlertMessage, { kind: "line" }>,
  rendering: DiscordRendering,
): readonly string[] {
  const { headline, lines = [] } = message;
  const list = lines.map((line) => escapeMarkdown(line)).join("\n");
  const title = list === "" ? escapeMarkdown(headline) : `**${escapeMarkdown(headline)}**`;
  return [title, ...repeatNote(message, rendering), list].filter((paragraph) => paragraph !== "");
}

function repeatNote(message: AlertMessage, { possibleRepeat = false }: DiscordRendering): readonly string[] {
  return possibleRepeat ? [`*${escapeMarkdown(message.repeatNote)}*`] : [];
}

interface Words {
  readonly headline: string;
  readonly rest: string;
}

/** The words in as much length as there is, the readings going first. */
function fitted(message: FullMessage, rendering: DiscordRendering, limit: number): Words {
  const lengthOf = (full: FullMessage): number => {
    const { headline, rest } = wordsOf(full, rendering);
    return headline.length + rest.length + 2;
  };
  return wordsOf(fitMessage(message, limit, lengthOf), rendering);
}

function wordsOf(message: FullMessage, rendering: DiscordRendering): Words {
  const say = escapeMarkdown;
  const { headline, down, up, suggests, caveat, bottomLine, honesty, asOf } = message;
  const paragraphs = [
    ...repeatNote(message, rendering),
    `${say(down)}\n${say(up)}`,
    suggests.map((line) => say(line)).join("\n"),
    readings(message),
    `**${say(caveat.first)}** ${say(caveat.rest)}`,
    say(bottomLine ?? ""),
    // small print; every reader sees the time as "2 minutes ago" in their own language
    `-# ${say(honesty)} · <t:${Math.floor(asOf.at / 1000)}:R>`,
  ];
  return {
    headline: `**${say(headline)}**`,
    rest: paragraphs.filter((paragraph) => paragraph !== "").join("\n\n"),
  };
}

function readings({ readings: all, readingsTitle }: FullMessage): string {
  if (all.length === 0) return "";
  const lines = all.map(({ who, text }) => `> **${escapeMarkdown(who)}** ${escapeMarkdown(text)}`);
  return [`> **${escapeMarkdown(readingsTitle)}**`, ...lines].join("\n");
}
