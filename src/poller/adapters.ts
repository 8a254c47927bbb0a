import type { VenueAdapter } from "./adapter.ts";
import { supportedVenues } from "./supported.ts";
import { binanceusdm } from "./venues/binanceusdm.ts";
import { bitget } from "./venues/bitget.ts";
import { bybit } from "./venues/bybit.ts";
import { gate } from "./venues/gate.ts";
import { hyperliquid } from "./venues/hyperliquid.ts";
import { krakenfutures } from "./venues/krakenfutures.ts";
import { mexc } from "./venues/mexc.ts";
import { okx } from "./venues/okx.ts";

/** Every venue there is, by how much it tells. */
export const adapters: readonly VenueAdapter[] = [
  binanceusdm,
  bitget,
  bybit,
  gate,
  hyperliquid,
  krakenfutures,
  mexc,
  okx,
].toSorted((a, b) => a.declares.tier - b.declares.tier);

/** Throws for an id that is not among `supportedVenues`. */
export function adapterOf(id: string): VenueAdapter {
  const adapter = adapters.find((each) => each.id === id);
  if (adapter === undefined)
    throw new RangeError(`unknown venue "${id}"; there are ${supportedVenues.join(", ")}`);
  return adapter;
}
