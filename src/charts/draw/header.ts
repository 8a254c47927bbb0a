import type { Imbalance } from "../../model/types.ts";
import type { Texts } from "../../texts/texts.ts";
import type { Frame } from "./frame.ts";
import type { Palette } from "./palette.ts";
import { textAt } from "./svg.ts";
import { cutToWidth, shrinkToWidth, textWidth, type TextStyle } from "./text.ts";
import { venuesLine } from "./venues.ts";

export interface HeaderContent {
  readonly title: string;
  /** What the picture says in one glance. */
  readonly badge: { readonly text: string; readonly fill: string };
  /** When, or over which time. */
  readonly time: string;
  readonly imbalance: Imbalance;
}

interface Part {
  readonly svg: readonly string[];
  /** y below which the next part may begin. */
  readonly bottom: number;
}

const gap = 24;
/** A title this much smaller is still the largest text. */
const leastTitleSize = 32;

/** Title and badge on the first line; below it who is behind the picture and when. */
export function drawHeader(frame: Frame, palette: Palette, content: HeaderContent, texts: Texts): Part {
  const { margin, width, title, badge, label, lineHeight } = frame;
  const right = width - margin;
  const first = margin / 2 + title.size * 0.95;
  const badgeWidth = textWidth(content.badge.text, badge);
  const room = right - margin - badgeWidth - gap;
  const titleStyle = shrinkToWidth(content.title, room, title, leastTitleSize);
  const svg = [
    textAt(cutToWidth(content.title, room, titleStyle), {
      x: margin,
      y: first,
      fill: palette.text,
      ...titleStyle,
    }),
    textAt(content.badge.text, { x: right, y: first, fill: content.badge.fill, anchor: "end", ...badge }),
  ];
  const second = first + lineHeight + 2;
  const { names, timeAt } = secondLine(frame, content, texts, second);
  if (names !== "") svg.push(textAt(names, { x: margin, y: second, fill: palette.muted, ...label }));
  svg.push(
    textAt(content.time, {
      x: timeAt.x,
      y: timeAt.y,
      anchor: timeAt.anchor,
      fill: palette.muted,
      ...timeStyle(label),
    }),
  );
  return { svg, bottom: timeAt.y + label.size * 0.35 };
}

function timeStyle({ size }: TextStyle): TextStyle {
  return { size, weight: 600 };
}

/** Wide pictures have the time at the right of the venues, tall ones below them. */
function secondLine(frame: Frame, { time, imbalance }: HeaderContent, texts: Texts, y: number) {
  const { margin, width, label, lineHeight, format } = frame;
  const full = width - 2 * margin;
  const beside = format === "wide";
  const room = beside ? full - gap - textWidth(time, timeStyle(label)) : full;
  const fits = (text: string): boolean => textWidth(text, label) <= room;
  const names = cutToWidth(venuesLine(imbalance.venues, texts, fits), room, label);
  const timeAt = beside
    ? ({ x: width - margin, y, anchor: "end" } as const)
    : ({ x: margin, y: y + lineHeight, anchor: "start" } as const);
  return { names, timeAt };
}

/** The ratio in a word: which side is nearer, and how much. */
export function ratioBadge(imbalance: Imbalance, palette: Palette, texts: Texts): HeaderContent["badge"] {
  const { regime, ratio } = imbalance;
  if (regime === "stale" || regime === "thin" || ratio === null) {
    const id = regime === "stale" ? "chart-badge-stale" : "chart-badge-thin";
    return { text: texts.say(id), fill: palette.warning };
  }
  if (regime === "balanced") return { text: texts.say("chart-badge-balanced"), fill: palette.neutral };
  const up = ratio >= 1;
  const shown = texts.ratio(up ? ratio : 1 / ratio);
  return {
    text: texts.say(up ? "chart-badge-up" : "chart-badge-down", { ratio: shown }),
    fill: palette.side[up ? "short" : "long"].line,
  };
}
