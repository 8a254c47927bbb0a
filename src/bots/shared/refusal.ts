import type { TextId } from "../../texts/en.ts";
import type { Texts } from "../../texts/texts.ts";

/** Why what was typed can't be taken: a sentence that says what is allowed, with an example where one helps. */
export interface Refusal {
  readonly id: TextId;
  readonly args: Readonly<Record<string, string>>;
  /** A line that would work as it stands, such as `/subscribe BTC 2.5`. */
  readonly example?: string;
}

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** Telegram's and Discord's own limits are far higher; nothing a person means is longer than this. */
const longestQuote = 256;

export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function refuse(
  id: TextId,
  args: Readonly<Record<string, string>> = {},
  example?: string,
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { id, args, ...(example !== undefined && { example }) } };
}

/** What a user typed, to be shown back to them: one line, bounded, never taken for markup by what prints it. */
export function quoted(typed: string): string {
  const line = typed.replaceAll(/\s+/gu, " ").trim();
  const letters = Array.from(line);
  return letters.length > longestQuote ? `${letters.slice(0, longestQuote - 1).join("")}…` : line;
}

export function sayRefusal(texts: Texts, { id, args }: Refusal): string {
  return texts.say(id, args);
}
