import type { VenueAdapter } from "./adapter.ts";
import { supportedVenues } from "./supported.ts";
import { binanceusdm } from "./venues/binanceusdm.ts";
import { bybit } from "./venues/bybit.ts";
import { gate } from "./venues/gate.ts";
import { okx } from "./venues/okx.ts";

/** Every venue there is, by how much it tells. */
export const adapters: readonly VenueAdapter[] = [binanceusdm, bybit, gate, okx].toSorted(
  (a, b) => a.declares.tier - b.declares.tier,
);

/** Throws for an id that is not among `supportedVenues`. */
export function adapterOf(id: string): VenueAdapter {
  const adapter = adapters.find((each) => each.id === id);
  if (adapter === undefined)
    throw new RangeError(`unknown venue "${id}"; there are ${supportedVenues.join(", ")}`);
  return adapter;
}
