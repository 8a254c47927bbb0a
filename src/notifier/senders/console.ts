import type { AlertMessage, FullMessage } from "../../alerts/message.ts";
import { textsIn } from "../../texts/texts.ts";
import type { Sender } from "../contracts.ts";
import type { SavePicture } from "./pictureFiles.ts";

/** How a message is to look. Neither is set in a pipe or a log. */
export interface ConsoleStyle {
  /** ANSI bold for the headline and the caveat's first sentence: only where the output is a terminal. */
  readonly bold?: boolean;
  readonly possibleRepeat?: boolean;
  /** Shorter: who reads it has read the whole. */
  readonly isUpdate?: boolean;
}

export interface ConsoleOptions extends Pick<ConsoleStyle, "bold"> {
  /** Keeps an alert's picture and says where, which is printed below it. */
  readonly savePicture?: SavePicture;
}

/** Columns of the narrowest terminal people still use. */
const width = 80;

/** A message as a block of plain text, at most 80 columns wide, without a line break at its end. */
export function renderConsole(message: AlertMessage, style: ConsoleStyle = {}): string {
  const strong = (text: string): string => (style.bold === true ? `\u001b[1m${text}\u001b[22m` : text);
  const headline = strong(wrap(headlineOf(message, style), ""));
  const body = message.kind === "line" ? renderLines(message.lines) : renderBody(message, style, strong);
  const repeat = style.possibleRepeat === true ? [wrap(message.repeatNote, "  ")] : [];
  return `${ruler(message)}\n${[headline, ...body, ...repeat].join("\n\n")}`;
}

function renderLines(lines: readonly string[] = []): string[] {
  return lines.length > 0 ? [lines.map((line) => wrap(line, "  ")).join("\n")] : [];
}

function headlineOf({ kind, headline }: AlertMessage, { isUpdate }: ConsoleStyle): string {
  return kind === "full" && isUpdate === true ? textsIn("en").say("headline-update", { headline }) : headline;
}

/** The paragraphs below the headline. */
function renderBody(
  message: FullMessage,
  { isUpdate }: ConsoleStyle,
  strong: (text: string) => string,
): string[] {
  const { down, up, suggests, caveat, bottomLine, honesty } = message;
  if (isUpdate === true)
    return [
      [down, up].map((line) => wrap(line, "  ")).join("\n"),
      [strong(wrap(caveat.first, "  ")), wrap(honesty, "  ")].join("\n"),
    ];
  const paragraphs = [
    [wrap(down, "  "), wrap(up, "  ")],
    suggests.map((line) => wrap(line, "  ")),
    renderReadings(message),
    [strong(wrap(caveat.first, "  ")), wrap(caveat.rest, "  ")],
    bottomLine === undefined ? [] : [wrap(bottomLine, "  ")],
    [wrap(honesty, "  ")],
  ];
  return paragraphs.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
}

function renderReadings({ readings, readingsTitle }: FullMessage): string[] {
  if (readings.length === 0) return [];
  return [
    wrap(`${readingsTitle}:`, "  "),
    ...readings.map(({ who, text }) => wrap(`${who} ${text}`, "    ")),
  ];
}

/** Where one message ends and the next begins, with the symbol and the time for who scrolls back. */
function ruler({ symbol, asOf }: AlertMessage): string {
  const [start, end] = [symbol === "" ? "──" : `── ${symbol} `, ` ${asOf.text} ──`];
  return `${start}${"─".repeat(Math.max(2, width - start.length - end.length))}${end}`;
}

/**
 * Breaks at ordinary spaces only: a no-break space holds a number and its unit together. Lengths are UTF-16 units,
 * which are columns for all that is written here (an arrow with its variation selector has two, and takes two).
 */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line].join("\n");
}

/**
 * Prints messages, one block each with an empty line after it. `write` puts text on the terminal, or into
 * whatever stands behind standard output; what it throws is answered with `unreachable`.
 */
export function createConsoleSender(
  write: (text: string) => Promise<void> | void,
  { savePicture, ...style }: ConsoleOptions = {},
): Sender {
  return {
    platform: "console",
    send: async ({ message, possibleRepeat, isUpdate = false, idempotencyKey, picture }) => {
      try {
        const path = picture === undefined ? undefined : await savePicture?.(picture, message);
        const saved = path === undefined ? "" : `\n\n  ${textsIn("en").say("chart-saved", { path })}`;
        await write(`${renderConsole(message, { ...style, possibleRepeat, isUpdate })}${saved}\n\n`);
        return { kind: "sent", messageId: idempotencyKey };
      } catch (error) {
        return { kind: "unreachable", reason: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
