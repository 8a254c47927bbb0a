import type { VenueAdapter } from "./adapter.ts";
import { supportedVenues } from "./supported.ts";
import { binancecoinm } from "./venues/binancecoinm.ts";
import { binanceusdm } from "./venues/binanceusdm.ts";
import { bitfinex } from "./venues/bitfinex.ts";
import { bitget } from "./venues/bitget.ts";
import { bybit } from "./venues/bybit.ts";
import { deribit } from "./venues/deribit.ts";
import { gate } from "./venues/gate.ts";
import { htx } from "./venues/htx.ts";
import { hyperliquid } from "./venues/hyperliquid.ts";
import { krakenfutures } from "./venues/krakenfutures.ts";
import { kucoinfutures } from "./venues/kucoinfutures.ts";
import { mexc } from "./venues/mexc.ts";
import { okx } from "./venues/okx.ts";

/** Every venue there is, by how much it tells. */
export const adapters: readonly VenueAdapter[] = [
  binancecoinm,
  binanceusdm,
  bitfinex,
  bitget,
  bybit,
  deribit,
  gate,
  htx,
  hyperliquid,
  krakenfutures,
  kucoinfutures,
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
