import { beyondReach, binWidth } from "./grid.ts";
import {
  deriveBrackets,
  inverseLiquidationPrice,
  linearLiquidationPrice,
  type Bracket,
} from "./liquidationPrice.ts";
import { leverageSpread, tierCount, tierLeverages, typicalTicketUsd } from "./priors.ts";
import type { SeriesSpec, Side } from "./types.ts";

/**
 * How far from its entry a tier's positions are liquidated, in bins: for each tier the quantiles of the offset
 * under the leverage spread, nearest first. In log bins the offset does not depend on the entry.
 */
export type TriggerTable = Float64Array;

/** Knots of a tier's quantile function; between them it is linear, off by under half a bin. */
const knots = 64;
const stride = knots + 1;

export function buildTriggers(spec: SeriesSpec, side: Side): TriggerTable {
  const table = new Float64Array(tierCount * stride);
  const brackets = deriveBrackets(spec.riskTiers);
  const mostLeverage = venueLeverage(spec);
  tierLeverages.forEach((nominal, tier) => {
    for (let knot = 0; knot <= knots; knot += 1) {
      const spread = leverageSpread.most - (knot / knots) * (leverageSpread.most - leverageSpread.least);
      const leverage = Math.min(nominal, mostLeverage) * spread;
      table[tier * stride + knot] = offsetBins(spec, side, leverage, brackets);
    }
  });
  return table;
}

/** The offset, in bins, that a share `quantile` of the tier's positions lies within. */
export function triggerOffset(table: TriggerTable, tier: number, quantile: number): number {
  const position = quantile * knots;
  const knot = Math.floor(position);
  const near = table[tier * stride + knot] ?? beyondReach;
  const far = table[tier * stride + knot + 1] ?? near;
  return near + (position - knot) * (far - near);
}

/** The most leverage the venue grants a typical ticket. */
function venueLeverage(spec: SeriesSpec): number {
  const tier = spec.riskTiers.find(
    ({ floorNotional, capNotional }) => typicalTicketUsd > floorNotional && typicalTicketUsd <= capNotional,
  );
  return Math.max(1, tier?.maxLeverage ?? Math.max(...tierLeverages));
}

/** At least one bin: a trigger at the entry itself is no position. */
function offsetBins(spec: SeriesSpec, side: Side, leverage: number, brackets: readonly Bracket[]): number {
  const price = triggerAtUnitEntry(spec, side, leverage, brackets);
  if (price === undefined) return beyondReach;
  const outwards = side === "long" ? -Math.log(price) : Math.log(price);
  return Math.min(beyondReach, Math.max(1, outwards / binWidth));
}

/** Liquidation price of an isolated ticket entered at 1; at that price quote and coin notionals agree. */
function triggerAtUnitEntry(
  spec: SeriesSpec,
  side: Side,
  leverage: number,
  brackets: readonly Bracket[],
): number | undefined {
  const marginBalance = typicalTicketUsd / leverage;
  const feeRate = spec.liquidationFeeRate;
  const quantity = typicalTicketUsd;
  return spec.contractType === "linear"
    ? linearLiquidationPrice({ side, quantity, entryPrice: 1, marginBalance, feeRate }, brackets)
    : inverseLiquidationPrice(
        { side, quantityUsd: quantity, entryPrice: 1, marginBalance, feeRate },
        brackets,
      );
}
