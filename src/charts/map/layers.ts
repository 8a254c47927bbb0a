import type { MapSplit, SplitSide } from "../contracts.ts";
import type { Box } from "../draw/svg.ts";
import { type Bars, edgeOf } from "./bars.ts";

/** One colour's share of all bars. */
export interface Layer {
  readonly kind: "measured" | "plain" | "layer";
  /** As in the split; undefined for what no split knows. */
  readonly name?: string;
  readonly boxes: readonly Box[];
}

export interface BarScales {
  readonly x: (price: number) => number;
  /** USD to px, downwards. */
  readonly y: (usd: number) => number;
}

/** Shorter than this no pixel changes. */
const leastHeight = 0.15;
/** Of a bar's width, left free between bars. */
const gapShare = 0.14;

/** Bars cut into layers, measured mass lowest; heights of a bar's boxes add up to its notional. */
export function layersOf(
  sides: readonly Bars[],
  mark: number,
  split: MapSplit | undefined,
  scales: BarScales,
): Layer[] {
  const names = split?.layers ?? [];
  const boxes = Array.from({ length: names.length + 2 }, (): Box[] => []);
  for (const bars of sides) {
    const own = split?.[bars.side];
    bars.notionalUsd.forEach((usd, bar) => {
      const price = edgeOf(bars, mark, bar + 0.5);
      stack(boxes, usd, partsAt(own, price, names.length), barPlace(bars, mark, bar, scales), scales.y);
    });
  }
  const [measured = [], ...others] = boxes;
  const plain = others.pop() ?? [];
  return [
    { kind: "measured" as const, boxes: measured },
    ...names.map((name, i) => ({ kind: "layer" as const, name, boxes: others[i] ?? [] })),
    { kind: "plain" as const, boxes: plain },
  ].filter((layer) => layer.boxes.length > 0);
}

function barPlace(bars: Bars, mark: number, bar: number, { x }: BarScales): { x: number; width: number } {
  const [one, other] = [x(edgeOf(bars, mark, bar)), x(edgeOf(bars, mark, bar + 1))];
  const width = Math.abs(other - one);
  return { x: Math.min(one, other) + (width * gapShare) / 2, width: width * (1 - gapShare) };
}

/** Shares of measured, of each layer and of what is unknown; they sum to 1. */
function partsAt(side: SplitSide | undefined, price: number, layers: number): number[] {
  const bin = side === undefined ? -1 : binAt(side.edges, price);
  if (side === undefined || bin < 0) return [0, ...Array.from({ length: layers }, () => 0), 1];
  const measured = side.measured[bin] ?? 0;
  const modelled = 1 - measured;
  const shares = Array.from({ length: layers }, (_, i) => (side.shares[bin * layers + i] ?? 0) * modelled);
  const known = shares.reduce((sum, share) => sum + share, measured);
  return [measured, ...shares, Math.max(0, 1 - known)];
}

/** The last edge at or below the price; −1 outside of all bins. */
function binAt(edges: Float64Array, price: number): number {
  const end = edges[edges.length - 1] ?? -Infinity;
  if (!(price >= (edges[0] ?? Infinity)) || price >= end) return -1;
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? Infinity) <= price) low = middle;
    else high = middle;
  }
  return low;
}

function stack(
  boxes: readonly Box[][],
  usd: number,
  parts: readonly number[],
  place: { x: number; width: number },
  y: (usd: number) => number,
): void {
  let below = 0;
  parts.forEach((share, layer) => {
    const top = y(below + usd * share);
    const height = y(below) - top;
    below += usd * share;
    if (height > leastHeight) boxes[layer]?.push({ ...place, y: top, height });
  });
}
