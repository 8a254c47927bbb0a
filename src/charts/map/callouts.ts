import type { Imbalance, Side } from "../../model/types.ts";
import type { Texts } from "../../texts/texts.ts";
import { leastLabelSize, type Frame } from "../draw/frame.ts";
import type { Box } from "../draw/svg.ts";
import { cutToWidth, shrinkToWidth, textWidth, type TextStyle } from "../draw/text.ts";
import { mapReach } from "../../model/grid.ts";

/** A label in the lane above the plot. */
export interface Pill {
  readonly kind: Side | "mark";
  readonly text: string;
  readonly style: TextStyle;
  readonly box: Box;
  /** Where its leader leaves and what it points at; undefined when there is nothing to point at. */
  readonly pointsAt?: number;
}

const padding = 16;
const gap = 14;
/** A leader leaves a pill this far from its corners. */
export const leaderInset = 18;

export interface CalloutPlaces {
  readonly frame: Frame;
  readonly laneTop: number;
  /** x of a price. */
  readonly x: (price: number) => number;
  readonly mark: number;
}

export function laneHeight({ callout }: Frame): number {
  return Math.round(callout.size * 1.75);
}

/**
 * The mark's pill stands on the price, in the middle; each side's callout as near over its point as the mark's pill
 * and the edge let it. So none can overlap another, and the lane is above all data.
 */
export function placeCallouts(imbalance: Imbalance, texts: Texts, places: CalloutPlaces): Pill[] {
  const { frame, mark } = places;
  const price = markPill(texts.price(mark), places);
  // what is stale has no distances, near or far
  if (imbalance.regime === "stale") return [price];
  const left = { from: frame.margin, to: price.box.x - gap };
  const right = { from: price.box.x + price.box.width + gap, to: frame.width - frame.margin };
  return [
    sidePill("long", left, imbalance, texts, places),
    price,
    sidePill("short", right, imbalance, texts, places),
  ];
}

function markPill(text: string, { frame, laneTop, x, mark }: CalloutPlaces): Pill {
  const width = textWidth(text, frame.callout) + 2 * padding;
  const box = { x: x(mark) - width / 2, y: laneTop, width, height: laneHeight(frame) };
  return { kind: "mark", text, style: frame.callout, box, pointsAt: x(mark) };
}

function sidePill(
  side: Side,
  room: { readonly from: number; readonly to: number },
  imbalance: Imbalance,
  texts: Texts,
  { frame, laneTop, x, mark }: CalloutPlaces,
): Pill {
  const distance = side === "long" ? imbalance.downDistanceUsd : imbalance.upDistanceUsd;
  const most = room.to - room.from - 2 * padding;
  const { text, style } = fittingText(wordings(side, imbalance, texts), most, frame);
  const width = textWidth(text, style) + 2 * padding;
  const target = distance === null ? undefined : x(side === "long" ? mark - distance : mark + distance);
  // without a point it stands where its side ends
  const wanted = target === undefined ? (side === "long" ? room.from : room.to - width) : target - width / 2;
  const left = Math.min(Math.max(wanted, room.from), room.to - width);
  const box = { x: left, y: laneTop, width, height: laneHeight(frame) };
  return { kind: side, text, style, box, ...(target !== undefined && { pointsAt: target }) };
}

/** The first wording that fits at a size people can read; the last is cut if it must be. */
function fittingText(
  wordings: readonly string[],
  width: number,
  { callout }: Frame,
): { readonly text: string; readonly style: TextStyle } {
  const styled = wordings.map((text) => ({
    text,
    style: shrinkToWidth(text, width, callout, leastLabelSize),
  }));
  const fitting = styled.find(({ text, style }) => textWidth(text, style) <= width) ?? styled.at(-1);
  if (fitting === undefined) return { text: "", style: callout };
  return { text: cutToWidth(fitting.text, width, fitting.style), style: fitting.style };
}

/** From the fullest to the shortest: tiny prices have long distances, which are short in percent. */
function wordings(side: Side, imbalance: Imbalance, texts: Texts): string[] {
  const { notionalUsd } = imbalance;
  const distanceUsd = side === "long" ? imbalance.downDistanceUsd : imbalance.upDistanceUsd;
  const ratio = side === "long" ? imbalance.downDistanceRatio : imbalance.upDistanceRatio;
  const percent = texts.percent(mapReach);
  if (notionalUsd === null) return [texts.say(`chart-callout-${side}-few`, { percent })];
  const notional = texts.money(notionalUsd);
  if (distanceUsd === null || ratio === null)
    return [
      texts.say(`chart-callout-${side}-beyond`, { notional, percent }),
      texts.say(`chart-callout-${side}-none`, { percent }),
    ];
  const percentAway = texts.percent(ratio);
  return [
    texts.say(`chart-callout-${side}`, { distance: texts.money(distanceUsd), notional }),
    texts.say(`chart-callout-${side}`, { distance: percentAway, notional }),
    texts.say(`chart-callout-${side}-brief`, { distance: percentAway, notional }),
  ];
}

/** Where a leader leaves its pill. */
export function leaderStart({ box, pointsAt = Number.NaN }: Pill): number {
  return Math.min(Math.max(pointsAt, box.x + leaderInset), box.x + box.width - leaderInset);
}
