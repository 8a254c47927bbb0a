import type { Imbalance, LiquidationMap } from "../model/types.ts";
import { textsIn } from "../texts/texts.ts";
import { barsOf } from "./map/bars.ts";
import { windowOf } from "./map/window.ts";

const blocks = ["·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * The map in one row of characters for a terminal, the mark in its middle, and below it the prices at both ends.
 * Heights are square roots, so that what is small is still seen. Empty without a price.
 */
export function barRow(map: LiquidationMap, imbalance: Imbalance, columns: number): string {
  const { markPrice } = map;
  if (markPrice === null) return "";
  const count = Math.max(8, Math.floor((columns - 5) / 2));
  const window = windowOf(markPrice, imbalance);
  const long = barsOf(map, "long", window, count).notionalUsd.toReversed();
  const short = barsOf(map, "short", window, count).notionalUsd;
  const most = Math.max(...long, ...short);
  const row = (bars: Float64Array): string => Array.from(bars, (usd) => blockOf(usd, most)).join("");
  const { price } = textsIn("en");
  const [low, mark, high] = [window.low, markPrice, window.high].map((value) => price(value));
  return `  ${row(long)}│${row(short)}\n  ${spread([low ?? "", mark ?? "", high ?? ""], 2 * count + 1)}`;
}

function blockOf(usd: number, most: number): string {
  if (!(usd > 0)) return blocks[0];
  const height = Math.ceil(Math.sqrt(usd / most) * (blocks.length - 1));
  return blocks[height] ?? blocks[0];
}

/** One text at the left, one in the middle, one at the right. */
function spread([left, middle, right]: readonly [string, string, string], width: number): string {
  const before = Math.max(1, Math.floor((width - middle.length) / 2) - left.length);
  const after = Math.max(1, width - left.length - before - middle.length - right.length);
  return `${left}${" ".repeat(before)}${middle}${" ".repeat(after)}${right}`;
}
