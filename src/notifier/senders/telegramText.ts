import type { MessageEntity } from "grammy/types";
import { fitMessage } from "../../alerts/fit.ts";
import type { AlertMessage, FullMessage } from "../../alerts/message.ts";

/** Bot API, sendMessage and sendPhoto: after entity parsing, in UTF-16 units. */
const textLimit = 4096;
export const captionLimit = 1024;

export interface TelegramText {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

type Style = "bold" | "italic" | "expandable_blockquote";

interface Piece {
  readonly text: string;
  readonly style?: Style;
  /** Epoch ms: shown as the reader's own time; `text` where the client can't. */
  readonly at?: number;
}

type Paragraph = readonly Piece[];

/**
 * The message as text and entities, so that nothing in it can be taken for markup. The headline stands first: it
 * is all that a notification shows. The readings are folded. Under `limit` what may be dropped is dropped; the rest
 * can be longer all the same.
 */
export function renderTelegram(
  message: AlertMessage,
  possibleRepeat = false,
  limit: number = textLimit,
): TelegramText {
  if (message.kind === "line") return join(withRepeat(lineParagraphs(message), message, possibleRepeat));
  const render = (full: FullMessage): TelegramText =>
    join(withRepeat(paragraphs(full), full, possibleRepeat));
  return render(fitMessage(message, limit, (full) => render(full).text.length));
}

function lineParagraphs({ headline, lines = [] }: Extract<AlertMessage, { kind: "line" }>): Paragraph[] {
  if (lines.length === 0) return [[{ text: headline }]];
  return [[{ text: headline, style: "bold" }], [{ text: lines.join("\n") }]];
}

function withRepeat(rest: readonly Paragraph[], message: AlertMessage, possibleRepeat: boolean): Paragraph[] {
  const [headline = [], ...others] = rest;
  return possibleRepeat ? [headline, [{ text: message.repeatNote, style: "italic" }], ...others] : [...rest];
}

function paragraphs(message: FullMessage): Paragraph[] {
  const { headline, down, up, suggests, caveat, bottomLine, honesty, asOf } = message;
  const all: Paragraph[] = [
    [{ text: headline, style: "bold" }],
    [{ text: `${down}\n${up}` }],
    [{ text: suggests.join("\n") }],
    [{ text: readings(message), style: "expandable_blockquote" }],
    [{ text: caveat.first, style: "bold" }, { text: ` ${caveat.rest}` }],
    [{ text: bottomLine ?? "" }],
    [
      { text: `${honesty} · `, style: "italic" },
      { text: asOf.text, at: asOf.at },
    ],
  ];
  return all.filter((pieces) => pieces.some((piece) => piece.text !== ""));
}

function readings(message: FullMessage): string {
  if (message.readings.length === 0) return "";
  return [message.readingsTitle, ...message.readings.map(({ who, text }) => `${who} ${text}`)].join("\n");
}

/** Offsets and lengths are UTF-16 units, as JavaScript counts. */
function join(all: readonly Paragraph[]): TelegramText {
  let text = "";
  const entities: MessageEntity[] = [];
  for (const pieces of all) {
    if (text !== "") text += "\n\n";
    for (const piece of pieces) {
      entities.push(...entitiesOf(piece, text.length));
      text += piece.text;
    }
  }
  return { text, entities };
}

function entitiesOf({ text, style, at }: Piece, offset: number): MessageEntity[] {
  const place = { offset, length: text.length };
  if (at !== undefined) {
    return [{ type: "date_time", ...place, unix_time: Math.floor(at / 1_000), date_time_format: "dt" }];
  }
  return style === undefined ? [] : [{ type: style, ...place }];
}
