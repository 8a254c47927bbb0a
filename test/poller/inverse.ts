import { bybit } from "../../src/sim/dialects/bybit.ts";
import { htx } from "../../src/sim/dialects/htx.ts";
import { kucoinfutures } from "../../src/sim/dialects/kucoinfutures.ts";
import { okx } from "../../src/sim/dialects/okx.ts";
import type { Dialect } from "./dialect.ts";
import { withInverse } from "./simulated.ts";

/** Next to nothing, so that whole contracts tell every figure. OKX's have hundredths, Bybit's are always of one dollar. */
const small = 1e-4;

/** Venues with a second contract behind a symbol; `series` is what that one is kept under. */
export const inverseVenues: readonly (Pick<Dialect, "id" | "routes"> & { readonly series: string })[] = [
  withInverse(okx, 1),
  withInverse(bybit, 1),
  withInverse(kucoinfutures, small),
  withInverse(htx, small),
].map((venue) => ({ ...venue, series: `${venue.id}:inverse` }));
