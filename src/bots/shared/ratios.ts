import { accept, quoted, refuse, type Parsed } from "./refusal.ts";

/** The range of τ (interface: "τ from 1.1 to 20"). */
export const leastRatio = 1.1;
export const mostRatio = 20;

/** "2.5", "2,5", "2.5x" and "×2.5", from 1.1 to 20. The subscription's own grid rounds it. */
export function parseRatio(typed: string, example: string): Parsed<number> {
  const [, before, after] = /^[x×]?(\d{1,4})(?:[.,](\d{1,6}))?[x×]?$/iu.exec(typed.trim()) ?? [];
  const value = before === undefined ? Number.NaN : Number(`${before}.${after ?? "0"}`);
  if (value >= leastRatio && value <= mostRatio) return accept(value);
  return refuse("bot-ratio-wrong", { typed: quoted(typed), least: "1.1", most: "20" }, example);
}

/** Does it look like a ratio was meant, rather than a symbol? */
export function looksLikeRatio(typed: string): boolean {
  return /^[x×]?\d{1,4}(?:[.,]\d{1,6})?[x×]?$/iu.test(typed.trim());
}
