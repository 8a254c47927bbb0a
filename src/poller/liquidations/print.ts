import { triggerFromBankruptcy } from "../../model/liquidationPrice.ts";
import type { RiskTier, Side } from "../../model/types.ts";
import type { Print } from "../adapter.ts";
import type { Liquidation } from "../contracts.ts";
import type { Listed } from "../resolve.ts";

/** What must be known of a contract to read its prints. */
export interface PrintedContract {
  readonly contract: Listed;
  /** Empty until the venue was polled: a bankruptcy price then stands for the trigger, off by under a percent. */
  readonly riskTiers: readonly RiskTier[];
  /** Fee inside the trigger. */
  readonly liquidationFeeRate: number;
}

/** In the symbol's own units: quantity in base (linear) or USD (inverse), the price at the trigger, notional in USD. */
export function toLiquidation(venue: string, print: Print, printed: PrintedContract): Liquidation {
  const { contract } = printed;
  const linear = contract.contractType === "linear";
  const size = print.inUnits === true ? 1 : contract.contractSize;
  const quantity = print.contracts * size * (linear ? contract.multiplier : 1);
  const listed = print.price / contract.multiplier;
  const price =
    print.priced === "trigger" ? listed : triggerOf(listed, quantity, print.liquidatedSide, printed);
  return {
    venue,
    series: contract.series,
    symbol: contract.symbol,
    liquidatedSide: print.liquidatedSide,
    quantity,
    price,
    notionalUsd: linear ? quantity * price : quantity,
    at: print.at,
  };
}

function triggerOf(price: number, quantity: number, side: Side, printed: PrintedContract): number {
  const { contract, riskTiers, liquidationFeeRate } = printed;
  const notional = contract.contractType === "linear" ? quantity * price : quantity;
  const tier = riskTiers.find(({ capNotional }) => notional <= capNotional) ?? riskTiers.at(-1);
  if (tier === undefined) return price;
  const rate = tier.maintenanceMarginRate + liquidationFeeRate;
  return triggerFromBankruptcy(contract.contractType, side, price, rate);
}
