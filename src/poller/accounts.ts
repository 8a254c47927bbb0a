import type { Call, Contract, Held, PublicPositions } from "./adapter.ts";
import type { AccountSource, Holding } from "./contracts.ts";
import type { AskOptions } from "./line.ts";
import type { Desk } from "./desk.ts";
import { roomOf } from "./room.ts";

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
    room: (symbols, pollIntervalMs) => roomOf(adapter, { symbols, pollIntervalMs }),
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
