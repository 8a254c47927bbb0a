import type { RiskTier } from "../../model/types.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { Liquidations } from "../../store/contracts/markets.ts";
import type { PrintReader } from "../adapter.ts";
import type { Liquidation } from "../contracts.ts";
import { checkFresh, Malformed, Stale } from "../read.ts";
import type { Listed } from "../resolve.ts";
import { type PrintedContract, toLiquidation } from "./print.ts";
import type { Totals } from "./totals.ts";

/** What became of a row: kept, told before, of a contract nobody watches, or refused. */
export type PrintOutcome = "kept" | "repeated" | "unwatched" | "malformed";

/** Answers reach back an hour, streams some seconds: what claims to be older is of another time. */
const oldestMs = 2 * 3_600_000;

export interface DeskOptions {
  readonly venue: string;
  readonly riskTiers: (contract: Listed) => Promise<readonly RiskTier[]>;
  readonly liquidationFeeRate: number;
  readonly liquidations: Liquidations;
  readonly clock: Clock;
  readonly log: Log;
  readonly onPrint: (outcome: PrintOutcome) => void;
}

/** Reads what a venue says of liquidations, and keeps it. */
export interface Desk {
  readonly take: (said: unknown) => void;
  /** Writes what has gathered; sums are told up to `until`, epoch ms. */
  readonly flush: (until: number) => Promise<void>;
}

export async function openDesk(
  options: DeskOptions,
  reader: PrintReader,
  contracts: readonly Listed[],
  totals: Totals,
): Promise<Desk> {
  const { venue, liquidations, log, onPrint } = options;
  const printed = new Map(
    await Promise.all(
      contracts.map(async (contract) => [contract.id, await describe(options, contract)] as const),
    ),
  );
  let fresh: Liquidation[] = [];

  const takeRow = (row: unknown): PrintOutcome | undefined => {
    const print = reader.read(row);
    if (print === undefined) return undefined;
    checkFresh(print.at, options.clock.now(), oldestMs);
    const known = printed.get(print.id);
    if (known === undefined) return "unwatched";
    const liquidation = toLiquidation(venue, print, known);
    if (!totals.add(liquidation, print.key)) return "repeated";
    fresh.push(liquidation);
    return "kept";
  };
  const guarded = (read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof Malformed || error instanceof Stale)) throw error;
      onPrint("malformed");
      log.debug({ venue, reason: error.message }, "a liquidation was refused");
    }
  };

  return {
    take: (said) => {
      guarded(() => {
        for (const row of reader.rows(said))
          guarded(() => {
            const outcome = takeRow(row);
            if (outcome !== undefined) onPrint(outcome);
          });
      });
    },
    flush: async (until) => {
      const prints = fresh;
      fresh = [];
      const symbols = [...new Set(prints.map(({ symbol }) => symbol))];
      await Promise.all([
        ...symbols.map(async (symbol) =>
          liquidations.addPrints(
            symbol,
            prints.filter((print) => print.symbol === symbol),
          ),
        ),
        ...contracts.map(async ({ symbol, series }) =>
          liquidations.putTotals(symbol, series, totals.read(series, until)),
        ),
      ]);
    },
  };
}

async function describe(options: DeskOptions, contract: Listed): Promise<PrintedContract> {
  const riskTiers = await options.riskTiers(contract);
  return { contract, riskTiers, liquidationFeeRate: options.liquidationFeeRate };
}
