import { detailBin, type MapDetail } from "../../model/detail.ts";
import type { Side } from "../../model/types.ts";
import type { MapRequest } from "../contracts.ts";
import type { Box } from "../draw/svg.ts";
import { type Bars, edgeOf } from "./bars.ts";
import type { PriceWindow } from "./window.ts";

/** One colour's share of all bars. */
export interface Layer {
  readonly kind: "leverage" | "venue" | "measured" | "plain";
  /** The highest leverage of a group, or a venue's id. */
  readonly name: string;
  /** Was seen rather than modelled: drawn hatched. */
  readonly measured: boolean;
}

export interface FilledLayer {
  readonly layer: Layer;
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

/** More venues than these are "other": nobody tells more colours apart. */
const mostVenues = 5;

/** What bars can be made of, from the axis up; the last takes what the others leave. */
export function layersOf({ detail, stackedBy, imbalance }: MapRequest): Layer[] {
  if (detail === undefined) return [plain];
  if (stackedBy !== "venue") {
    const leverages = detail.leverages.map((leverage): Layer => {
      return { kind: "leverage", name: String(leverage), measured: false };
    });
    return [{ kind: "measured", name: "", measured: true }, ...leverages, plain];
  }
  const largest = imbalance.venues
    .filter(({ id }) => detail.venues.includes(id))
    .toSorted((a, b) => (b.openInterestUsd ?? 0) - (a.openInterestUsd ?? 0))
    .slice(0, mostVenues)
    .map(({ id, method }): Layer => ({ kind: "venue", name: id, measured: method === "measured" }));
  return [...largest.toReversed(), plain];
}

const plain: Layer = { kind: "plain", name: "", measured: false };

/** The layers' shares of what lies at a price; they sum to 1. */
function sharesAt({ detail }: MapRequest, side: Side, price: number, layers: readonly Layer[]): number[] {
  if (detail === undefined) return [1];
  const bin = detailBin(detail, side, price);
  const known = layers.slice(0, -1).map((layer) => shareOf(layer, detail, side, bin));
  return [...known, Math.max(0, 1 - known.reduce((sum, share) => sum + share, 0))];
}

function shareOf({ kind, name }: Layer, detail: MapDetail, side: Side, bin: number): number {
  const { measured, byLeverage, byVenue } = detail[side];
  const { leverages, venues } = detail;
  if (kind === "measured") return measured[bin] ?? 0;
  if (kind === "venue") return byVenue[bin * venues.length + venues.indexOf(name)] ?? 0;
  const share = byLeverage[bin * leverages.length + leverages.indexOf(Number(name))] ?? 0;
  return share * (1 - (measured[bin] ?? 0));
}

/** Less than this anywhere is not worth a colour's name. */
const leastShare = 0.01;

/** The layers that something in the window is of; the last where nothing else is, or for venues without a colour. */
export function presentLayers(request: MapRequest, { low, high }: PriceWindow): Layer[] {
  const { detail } = request;
  const layers = layersOf(request);
  if (detail === undefined) return layers;
  const named = layers
    .slice(0, -1)
    .filter((layer) =>
      (["long", "short"] as const).some((side) =>
        binsWithin(detail, side, side === "long" ? low : high).some(
          (bin) => shareOf(layer, detail, side, bin) > leastShare,
        ),
      ),
    );
  const others = request.stackedBy === "venue" && detail.venues.length > mostVenues;
  return named.length === 0 || others ? [...named, plain] : named;
}

function binsWithin(detail: MapDetail, side: Side, edge: number): number[] {
  return Array.from({ length: detailBin(detail, side, edge) + 1 }, (_, bin) => bin);
}

/** Bars cut into layers; heights of a bar's boxes add up to its notional. */
export function fillLayers(
  request: MapRequest,
  sides: readonly Bars[],
  mark: number,
  scales: BarScales,
): FilledLayer[] {
  const layers = layersOf(request);
  const boxes = layers.map((): Box[] => []);
  for (const bars of sides) {
    bars.notionalUsd.forEach((usd, bar) => {
      const shares = sharesAt(request, bars.side, edgeOf(bars, mark, bar + 0.5), layers);
      stack(boxes, usd, shares, barPlace(bars, mark, bar, scales), scales.y);
    });
  }
  const filled = layers.map((layer, i) => ({ layer, boxes: boxes[i] ?? [] }));
  return filled.filter(({ boxes }) => boxes.length > 0);
}

function barPlace(bars: Bars, mark: number, bar: number, { x }: BarScales): { x: number; width: number } {
  const [one, other] = [x(edgeOf(bars, mark, bar)), x(edgeOf(bars, mark, bar + 1))];
  const width = Math.abs(other - one);
  return { x: Math.min(one, other) + (width * gapShare) / 2, width: width * (1 - gapShare) };
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
