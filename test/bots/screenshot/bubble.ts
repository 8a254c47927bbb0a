import { element, rectAt, textAt } from "../../../src/charts/draw/svg.ts";
import { isDrawable, textWidth, type Weight } from "../../../src/charts/draw/text.ts";
import type { MessageRecord } from "../../support/telegram/world.ts";
import { labelsOf, textOf } from "../telegram/messages.ts";

/** A message as a phone in dark mode shows it; emoji, which the font doesn't have, are left out. */
export interface Drawn {
  readonly svg: readonly string[];
  readonly height: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const size = 23;
const lineHeight = 31;
const padding = 18;
const corner = 16;
const colours = { bubble: "#182533", text: "#f5f5f5", soft: "#8fa6bd", link: "#6ab3f3", button: "#24384b" };
const buttonHeight = 52;
/** A folded quotation shows so many lines until it is tapped. */
const foldedLines = 3;

interface Style {
  readonly weight: Weight;
  readonly fill: string;
  readonly isQuote: boolean;
}

interface Word extends Style {
  readonly text: string;
}

interface Line {
  readonly words: readonly Word[];
  readonly isQuote: boolean;
}

export function drawBubble(message: MessageRecord, place: Place): Drawn {
  const photo = drawPhoto(message, place);
  const textTop = place.y + photo.height + padding;
  const lines = folded(layOut(styledWords(message), place.width - 2 * padding));
  const textHeight = lines.length * lineHeight;
  const box = { ...place, height: photo.height + textHeight + 2 * padding };
  const text = lines.flatMap((line, index) =>
    drawLine(line, place.x + padding, textTop + (index + 1) * lineHeight - 8),
  );
  const buttons = drawButtons(message, { ...place, y: place.y + box.height + 6 });
  const bubble = rectAt(box, { rx: corner, fill: colours.bubble });
  return { svg: [bubble, ...photo.svg, ...text, ...buttons.svg], height: box.height + 6 + buttons.height };
}

function drawPhoto({ content }: MessageRecord, { x, y, width }: Place): Drawn {
  if (content.photo === undefined) return { svg: [], height: 0 };
  const { bytes, width: across, height: down } = content.photo;
  const height = (width * down) / across;
  const href = `data:image/png;base64,${bytes.toString("base64")}`;
  return { svg: [element("image", { x, y, width, height, href })], height };
}

/** What Telegram's apps draw in colour, in letters of the font. */
function drawable(text: string): string {
  const arrows = text.replaceAll("⬇️", "↓").replaceAll("⬆️", "↑");
  return Array.from(arrows, (letter) => (letter === "\n" || isDrawable(letter) ? letter : "")).join("");
}

function styledWords(message: MessageRecord): readonly Word[][] {
  const whole = textOf(message);
  const styleAt = (at: number): Style => {
    const around = new Set(message.content.entities.filter((entity) => covers(entity, at)).map(typeOf));
    const isQuote = around.has("expandable_blockquote");
    const weight = around.has("bold") ? 700 : around.has("code") ? 600 : 400;
    if (around.has("code") || around.has("date_time")) return { weight, fill: colours.link, isQuote };
    const isSoft = isQuote || around.has("italic");
    return { weight, fill: isSoft ? colours.soft : colours.text, isQuote };
  };
  let at = 0;
  return whole.split("\n").map((line) => {
    const words = line.split(" ").map((text) => {
      const word = { text: drawable(text), ...styleAt(at) };
      at += text.length + 1;
      return word;
    });
    return words.filter(({ text }, index) => text !== "" || index > 0);
  });
}

function covers(entity: object, at: number): boolean {
  const [offset, length] = [Number(Reflect.get(entity, "offset")), Number(Reflect.get(entity, "length"))];
  return at >= offset && at < offset + length;
}

function typeOf(entity: object): string {
  return String(Reflect.get(entity, "type"));
}

function layOut(paragraphs: readonly (readonly Word[])[], width: number): readonly Line[] {
  return paragraphs.flatMap((words) => {
    const isQuote = words[0]?.isQuote ?? false;
    const lines: Word[][] = [[]];
    let used = 0;
    for (const word of words) {
      const wide = widthOf(word);
      if (used > 0 && used + wide > width - (isQuote ? padding : 0)) {
        lines.push([]);
        used = 0;
      }
      lines.at(-1)?.push(word);
      used += wide + spaceOf(word);
    }
    return lines.map((line) => ({ words: line, isQuote }));
  });
}

/** An expandable quotation as it comes: its first lines, and a hint that there is more. */
function folded(lines: readonly Line[]): readonly Line[] {
  const quoted = lines.filter(({ isQuote }) => isQuote);
  const hidden = new Set(quoted.slice(foldedLines));
  const last = quoted[foldedLines - 1];
  return lines.flatMap((line) => {
    if (hidden.has(line)) return [];
    if (line !== last || hidden.size === 0) return [line];
    return [{ ...line, words: [...line.words, { text: "…", ...plainQuote }] }];
  });
}

const plainQuote: Style = { weight: 400, fill: colours.soft, isQuote: true };

function drawLine({ words, isQuote }: Line, left: number, baseline: number): readonly string[] {
  const bar = { x: left, y: baseline - lineHeight + 9, width: 4, height: lineHeight };
  let x = left + (isQuote ? padding : 0);
  const drawn = words.map((word) => {
    const at = x;
    x += widthOf(word) + spaceOf(word);
    return textAt(word.text, { x: at, y: baseline, size, weight: word.weight, fill: word.fill });
  });
  return isQuote ? [rectAt(bar, { fill: colours.link }), ...drawn] : drawn;
}

function widthOf({ text, weight }: Word): number {
  return textWidth(text, { size, weight });
}

function spaceOf({ weight }: Word): number {
  return textWidth(" ", { size, weight });
}

function drawButtons(message: MessageRecord, { x, y, width }: Place): Drawn {
  const rows = labelsOf(message);
  const svg = rows.flatMap((labels, row) => {
    const across = (width - 6 * (labels.length - 1)) / labels.length;
    return labels.flatMap((label, column) => {
      const box = {
        x: x + column * (across + 6),
        y: y + row * (buttonHeight + 6),
        width: across,
        height: buttonHeight,
      };
      const middle = { x: box.x + across / 2, y: box.y + buttonHeight / 2 + 8 };
      const place = { ...middle, size: 21, weight: 600, fill: colours.text, anchor: "middle" } as const;
      return [rectAt(box, { rx: 10, fill: colours.button }), textAt(drawable(label).trim(), place)];
    });
  });
  return { svg, height: rows.length * (buttonHeight + 6) };
}
