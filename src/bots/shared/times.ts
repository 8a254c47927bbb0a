import type { Texts } from "../../texts/texts.ts";
import type { Piece } from "./reply.ts";

/** "Nov 22, 14:32", in the destination's zone. */
export function localTime(texts: Texts, at: number, zone: string | undefined): string {
  return texts.localTime(at, zone ?? "UTC");
}

/** The same as a piece that platforms may show in the reader's own time. */
export function timePiece(texts: Texts, at: number, zone: string | undefined): Piece {
  return { text: localTime(texts, at, zone), at };
}

/** A sentence whose arguments are times: those keep their meaning, the rest is text. */
export function withTimes(sentence: string, times: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  let rest = sentence;
  for (const time of times) {
    const at = rest.indexOf(time.text);
    if (at < 0) continue;
    if (at > 0) pieces.push({ text: rest.slice(0, at) });
    pieces.push(time);
    rest = rest.slice(at + time.text.length);
  }
  return rest === "" ? pieces : [...pieces, { text: rest }];
}
