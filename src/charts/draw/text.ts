import { advances, characters, unitsPerEm } from "../advances.ts";

/** The weights of Inter that are there: regular, semi-bold, bold. */
export type Weight = keyof typeof advances;

export interface TextStyle {
  /** px */
  readonly size: number;
  readonly weight: Weight;
}

const indexOf = new Map(Array.from(characters, (character, index) => [character, index]));

/** The widest character: what the font does not have must not be thought narrower than what is drawn instead. */
const unknownAdvance = 2 * unitsPerEm;

/** px, from the font's own advance widths; kerning, which seldom adds to it, is left out. */
export function textWidth(text: string, { size, weight }: TextStyle): number {
  const table: readonly number[] = advances[weight];
  let units = 0;
  for (const character of text) {
    const index = indexOf.get(character);
    units += (index === undefined ? undefined : table[index]) ?? unknownAdvance;
  }
  return (units * size) / unitsPerEm;
}

/** Can every character be drawn? */
export function isDrawable(text: string): boolean {
  return Array.from(text).every((character) => indexOf.has(character));
}

/** The text, cut short with an ellipsis where it is wider than `width`. */
export function cutToWidth(text: string, width: number, style: TextStyle): string {
  if (textWidth(text, style) <= width) return text;
  const kept = Array.from(text);
  while (kept.length > 0 && textWidth(`${kept.join("").trimEnd()}…`, style) > width) kept.pop();
  return `${kept.join("").trimEnd()}…`;
}

/** The style, made smaller down to `leastSize` so that the text fits into `width`. */
export function shrinkToWidth(
  text: string,
  width: number,
  { size, weight }: TextStyle,
  leastSize: number,
): TextStyle {
  const wide = textWidth(text, { size, weight });
  if (wide <= width) return { size, weight };
  return { size: Math.max(leastSize, Math.floor((size * width) / wide)), weight };
}
