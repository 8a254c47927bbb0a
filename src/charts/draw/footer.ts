import type { Texts } from "../../texts/texts.ts";
import type { Frame } from "./frame.ts";
import type { Palette } from "./palette.ts";
import { textAt } from "./svg.ts";
import { cutToWidth, textWidth } from "./text.ts";

const gap = 24;

/** The caveat, always whole, and beside it (in tall pictures below it) how the picture was made. */
export function drawFooter(
  frame: Frame,
  palette: Palette,
  note: string,
  texts: Texts,
): { readonly svg: readonly string[]; readonly top: number } {
  const { margin, width, height, caveat, note: noteStyle } = frame;
  const words = texts.say("caveat-first");
  const beside = frame.format === "wide";
  const last = height - margin * 0.7;
  const caveatY = beside ? last : last - noteStyle.size * 1.5;
  const room = beside ? width - 2 * margin - gap - textWidth(words, caveat) : width - 2 * margin;
  const noteAt = beside
    ? ({ x: width - margin, anchor: "end" } as const)
    : ({ x: margin, anchor: "start" } as const);
  const shown = cutToWidth(note, room, noteStyle);
  return {
    svg: [
      textAt(words, { x: margin, y: caveatY, fill: palette.text, ...caveat }),
      ...(shown === "" ? [] : [textAt(shown, { ...noteAt, y: last, fill: palette.muted, ...noteStyle })]),
    ],
    top: caveatY - caveat.size,
  };
}
