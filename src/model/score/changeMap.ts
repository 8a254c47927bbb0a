import { massAhead } from "../ahead.ts";
import { consumeBook, createBook, decayRow, recentreBook, type Book } from "../book.ts";
import { binCount, firstUncrossed, outwards } from "../grid.ts";
import { spanOf } from "../path.ts";
import type { Bar, Side } from "../types.ts";
import type { MapModel } from "./mapModel.ts";

export interface ChangeMapOptions {
  readonly intervalMs: number;
  /** Who gets a rise of open interest: both sides, or only the one the candle's colour names. */
  readonly opensOn: "both-sides" | "candle-colour";
}

/** Leverages such maps draw, all alike in weight. */
const drawnLeverages = [5, 10, 25, 50, 100, 125] as const;

const halfLifeMs = 3 * 86_400_000;

/**
 * What open tools do at best: each rise of open interest drawn at entry × (1 ∓ 1/leverage), fading with age, until
 * the price has come by. Turnover, margin rates and hedges are unknown to it.
 */
export function changeMap({ intervalMs, opensOn }: ChangeMapOptions): MapModel {
  const books: Readonly<Record<Side, Book>> = { long: createBook(), short: createBook() };
  const kept = 2 ** (-intervalMs / halfLifeMs);
  let openInterest: number | undefined;
  let lastPrice = NaN;
  const absorbSide = (side: Side, bar: Bar, rise: number): void => {
    const { reach, close } = spanOf(side, bar);
    const book = books[side];
    consumeBook(book, firstUncrossed(reach));
    recentreBook(book, firstUncrossed(Math.min(reach, close)));
    decayRow(book, drawnRow, kept);
    const named = side === (bar.close >= bar.open ? "long" : "short");
    if (opensOn === "both-sides" || named) drawRise(book, side, bar, rise);
  };
  return {
    within: (side, distance) => [massAhead(books[side], outwards(side, Math.log(lastPrice)), distance)],
    absorb: (bar) => {
      const now = bar.openInterest ?? openInterest;
      const rise = Math.max(0, (now ?? 0) - (openInterest ?? now ?? 0));
      absorbSide("long", bar, rise);
      absorbSide("short", bar, rise);
      openInterest = now;
      lastPrice = bar.close;
    },
  };
}

/** All leverages fade alike, so that one of the book's rows holds them. */
const drawnRow = 0;

function drawRise(book: Book, side: Side, bar: Bar, rise: number): void {
  const entry = (bar.high + bar.low + bar.close) / 3;
  const mass = rise / drawnLeverages.length;
  for (const leverage of drawnLeverages) {
    const trigger = entry * (side === "long" ? 1 - 1 / leverage : 1 + 1 / leverage);
    const bin = Math.floor(outwards(side, Math.log(trigger))) - book.origin;
    if (mass === 0 || bin < 0 || bin >= binCount) continue;
    book.bins[bin] = (book.bins[bin] ?? 0) + mass / (book.scale[drawnRow] ?? 1);
    book.total[drawnRow] = (book.total[drawnRow] ?? 0) + mass;
    book.frontier[drawnRow] = Math.min(book.frontier[drawnRow] ?? binCount, bin);
  }
}
