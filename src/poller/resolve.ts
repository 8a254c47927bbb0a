import type { ContractType } from "../model/types.ts";
import type { Contract, VenueAdapter } from "./adapter.ts";
import { Refusal } from "./failure.ts";
import type { Listing } from "./listing.ts";

/** A contract in the role it has for its symbol at a venue. */
export interface Listed extends Contract {
  /**
   * What the contract's model state and reports are kept under: the venue's id for a symbol's main contract (which
   * is where a venue with one contract a symbol has always kept it), "okx:inverse" for the one of the other type.
   */
  readonly series: string;
}

/** The contracts behind a symbol; `missing` says why there is no main one today. */
export type Resolved =
  | { readonly main: Listed; readonly other?: Listed | undefined }
  | { readonly missing: string; readonly other?: Listed | undefined };

/** The second series a symbol can have at this venue; undefined where it lists contracts of one type only. */
export function otherSeriesOf({ id, declares }: VenueAdapter): string | undefined {
  const [, second] = declares.contracts;
  return second === undefined ? undefined : `${id}:${second}`;
}

/**
 * The main contract is of the type the venue is known for, or of the other where it lists nothing else. One that
 * has stopped trading leaves its place empty: the other must not be taken for it, and come back when it does.
 */
export function resolve(adapter: VenueAdapter, listings: readonly Listing[], symbol: string): Resolved {
  const found = adapter.declares.contracts.flatMap((type) => pick(adapter, listings, symbol, type) ?? []);
  const [main, other] = found;
  const series = otherSeriesOf(adapter);
  const second =
    other?.trading === true && series !== undefined ? { other: { ...contractOf(other), series } } : {};
  if (main === undefined) return { missing: missing(adapter, listings, symbol) };
  if (!main.trading) return { missing: `${adapter.id} doesn't trade ${main.market} at present`, ...second };
  return { main: { ...contractOf(main), series: adapter.id }, ...second };
}

/** One that trades rather than one that doesn't; the plain listing rather than the one by the thousand. */
function pick(
  adapter: VenueAdapter,
  listings: readonly Listing[],
  symbol: string,
  type: ContractType,
): Listing | undefined {
  const settle = settleOf(adapter);
  const suffix = type === "linear" ? `/${settle}:${settle}` : "/USD:";
  return listings
    .filter((each) => each.symbol === symbol && each.contractType === type && each.market.includes(suffix))
    .toSorted((a, b) => Number(b.trading) - Number(a.trading) || a.multiplier - b.multiplier)[0];
}

const settleOf = ({ settle = "USDT" }: VenueAdapter): string => settle;

function contractOf(listing: Listing): Contract {
  const { symbol, market, id, contractType, contractSize, multiplier } = listing;
  return { symbol, market, id, contractType, contractSize, multiplier };
}

function missing(adapter: VenueAdapter, listings: readonly Listing[], symbol: string): string {
  const settle = settleOf(adapter);
  const [type] = adapter.declares.contracts;
  const market = type === "linear" ? `${symbol}/${settle}:${settle}` : `${symbol}/USD:${symbol}`;
  const said = `${adapter.id} lists no perpetual ${market} for ${symbol}`;
  const spelled = listings.find((each) => each.market.startsWith(`${symbol}/`) && each.symbol !== symbol);
  return spelled === undefined ? said : `${said}; watch ${spelled.symbol}, which it is listed as here`;
}

/** The contract whose series this is; throws a Refusal where the symbol has none today. */
export function contractIn(series: string, resolved: Resolved): Listed {
  if (resolved.other?.series === series) return resolved.other;
  if ("main" in resolved && resolved.main.series === series) return resolved.main;
  const reason = "missing" in resolved ? resolved.missing : `${series} is not listed any more`;
  throw new Refusal({ kind: "give-up-symbol", reason });
}
