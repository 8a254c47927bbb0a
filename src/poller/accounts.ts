import type { Call, Contract, Held, PublicPositions, VenueAdapter } from "./adapter.ts";
import { anyContract, intervalMs } from "./adapter.ts";
import type { AccountSource, Holding } from "./contracts.ts";
import type { AskOptions } from "./line.ts";
import { chargeOf, ourShare } from "./pace.ts";
import type { Desk } from "./poll.ts";

/** Undefined where the venue keeps its traders' positions to itself. */
export function openAccounts(desk: Desk): AccountSource | undefined {
  const { adapter, line, markets, log } = desk;
  const { positions } = adapter;
  if (positions === undefined) return undefined;

  const ifAnswered = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      log.debug({ venue: adapter.id, reason: String(error) }, "positions left out of this round");
      return undefined;
    }
  };
  const contractsOf = async (
    symbols: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly Contract[]> =>
    (await Promise.all(symbols.map(async (symbol) => markets.contractsOf(symbol, signal)))).flatMap(
      (found) => ("main" in found ? [found.main] : []),
    );
  const ask = async <T>(call: Call, read: (body: unknown) => T, signal?: AbortSignal): Promise<T> => {
    const how: AskOptions = { optional: true, signal };
    return line.ask(call, read, how);
  };

  return {
    traders: async (symbol, signal) =>
      ifAnswered(async () => {
        const [contract] = await contractsOf([symbol], signal);
        if (contract === undefined) return [];
        return ask(positions.traders.call(contract), positions.traders.read, signal);
      }),
    holdings: async (address, symbols, signal) =>
      ifAnswered(async () => {
        const contracts = await contractsOf(symbols, signal);
        const { at, held } = await ask(positions.account.call(address), positions.account.read, signal);
        return contracts.flatMap((contract) => holdingOf(positions, contract, held, at) ?? []);
      }),
    room: (symbols, traderCalls, perMs) => roomFor(adapter, positions, { symbols, traderCalls, perMs }),
  };
}

/** In the symbol's own units, where it is listed by the thousand. */
function holdingOf(
  positions: PublicPositions,
  contract: Contract,
  held: readonly Held[],
  observedAt: number,
): Holding | undefined {
  const own = held.find(({ coin }) => coin === positions.coinOf(contract));
  if (own === undefined) return undefined;
  const { size, notionalUsd, liquidationPrice } = own;
  const { multiplier, symbol } = contract;
  return {
    symbol,
    notionalUsd,
    position: {
      side: size > 0 ? "long" : "short",
      quantity: Math.abs(size) * multiplier,
      ...(liquidationPrice === undefined ? {} : { liquidationPrice: liquidationPrice / multiplier }),
      observedAt,
    },
  };
}

interface Load {
  readonly symbols: number;
  readonly traderCalls: number;
  readonly perMs: number;
}

/** What our share of the limit leaves after the polls and the search for traders, in accounts. */
function roomFor(
  { boards, candles, candlesOnClose, declares }: VenueAdapter,
  { traders, account }: PublicPositions,
  { symbols, traderCalls, perMs }: Load,
): number {
  const weightOf = (call: Call): number => chargeOf(declares.limits, call)?.weight ?? 1;
  const charge = chargeOf(declares.limits, account.call(""));
  if (charge === undefined) return 0;
  const ours = (charge.limit.weight * ourShare * perMs) / charge.limit.perMs;
  const perSymbol =
    weightOf(candles.latest(anyContract, 1, 0)) * (candlesOnClose === true ? perMs / intervalMs : 1);
  const polls = boards.reduce((sum, board) => sum + weightOf(board.call), 0) + symbols * perSymbol;
  const search = traderCalls * weightOf(traders.call(anyContract));
  return Math.max(0, Math.floor((ours - polls - search) / charge.weight));
}
