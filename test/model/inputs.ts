import type { VenueInput } from "../../src/model/aggregate.ts";
import { binWidth } from "../../src/model/grid.ts";
import type { VenueLevels } from "../../src/model/levels.ts";
import type { ContractType } from "../../src/model/types.ts";

/** One unit a side, 2 % away in logs. */
export function aLevels(markPrice: number, contractType: ContractType = "linear"): VenueLevels {
  const quantities = new Float64Array(100);
  quantities[39] = 1;
  const side = { nearest: 0.02 - 39 * binWidth, quantities };
  return { contractType, markPrice, long: side, short: side };
}

export function anInput(change: Partial<VenueInput>): VenueInput {
  return {
    id: "a",
    status: "fresh",
    ageMs: 0,
    method: "estimated",
    markPrice: 100,
    openInterestUsd: 1,
    levels: aLevels(change.markPrice ?? 100),
    ...change,
  };
}
