import { FormattedString } from "@grammyjs/parse-mode";
import type { InlineKeyboardButton, MessageEntity } from "grammy/types";
import type { Button, Paragraph, Piece, Reply } from "../shared/reply.ts";
import { seal, type Seal } from "../shared/signature.ts";

/** Bot API, sendMessage and sendPhoto: after entity parsing, in UTF-16 units. */
const textLimit = 4096;
export const captionLimit = 1024;

export interface RenderedText {
  readonly text: string;
  readonly entities: MessageEntity[];
}

/** Text and entities, so that nothing in it can be taken for markup; what is too long ends with "…". */
export function renderText({ paragraphs }: Pick<Reply, "paragraphs">): RenderedText {
  const whole = FormattedString.join(paragraphs.map(renderParagraph), "\n\n");
  return cut({ text: whole.rawText, entities: whole.rawEntities });
}

function renderParagraph(pieces: Paragraph): FormattedString {
  return FormattedString.join(pieces.map(renderPiece));
}

function renderPiece({ text, style, url, at }: Piece): FormattedString {
  if (at !== undefined) return FormattedString.time(text, Math.floor(at / 1_000), "dt");
  if (url !== undefined) return FormattedString.link(text, url);
  return style === undefined ? new FormattedString(text) : styled[style](text);
}

const styled: Readonly<Record<NonNullable<Piece["style"]>, (text: string) => FormattedString>> = {
  bold: (text) => FormattedString.bold(text),
  italic: (text) => FormattedString.italic(text),
  code: (text) => FormattedString.code(text),
  fold: (text) => FormattedString.expandableBlockquote(text),
};

function cut({ text, entities }: RenderedText): RenderedText {
  if (text.length <= textLimit) return { text, entities };
  // half of a pair of surrogates is no character
  const kept = text.slice(0, textLimit - 1).replace(/[\uD800-\uDBFF]$/u, "");
  const whole = entities.filter(({ offset, length }) => offset + length <= kept.length);
  return { text: `${kept}…`, entities: whole };
}

export function renderKeyboard(rows: Reply["rows"], sealed: Seal): InlineKeyboardButton[][] {
  return (rows ?? []).map((row) => row.map((button) => renderButton(button, sealed)));
}

function renderButton(button: Button, sealed: Seal): InlineKeyboardButton {
  if (button.kind === "link") return { text: button.label, url: button.url };
  return { text: button.label, callback_data: seal(button, sealed) };
}
