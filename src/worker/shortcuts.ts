import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../ops/log.ts";
import type { Outset, VenueReport } from "../store/contracts/rounds.ts";
import type { RuleAlert } from "../store/contracts/symbols.ts";
import { headStartMs } from "./afterwards.ts";
import type { Handlers, Wakeups } from "./contracts.ts";

export interface Shortcuts extends Pick<Wakeups, "deliver"> {
  /** What it sets out from, where the report that completed the round brought it. */
  readonly recompute: (symbol: string, slot: number, outset?: Outset) => Promise<void>;
  /** What the worker of this process knows beforehand (`Handlers`). */
  readonly hear: (symbol: string, report: VenueReport) => Outset | undefined;
  /**
   * Begins a delivery here, where this process can, for a commit that was sent but not answered yet. On one connection
   * Redis answers in order: the claim finds the commit's rows, or nothing where it was refused.
   */
  readonly deliverBehind: (platform: string, symbol: string, coming: readonly RuleAlert[]) => void;
  /** The handlers of this process; before, and for what it has no handler for, the queues do it all. */
  readonly connect: (handlers: Handlers) => void;
  /** Resolves when the deliveries that were begun here are over. */
  readonly settled: () => Promise<void>;
}

/**
 * Wakes this process' own handlers without the way through a queue, which takes longer than the work itself. The
 * queues wake the others, and stay the way out when a handler fails. Nothing relies on a shortcut: a recompute that
 * died with its process is woken by its deadline, a delivery is found in the outbox.
 */
export function createShortcuts(queues: Pick<Wakeups, "recompute" | "deliver">, log: Log): Shortcuts {
  const underWay = new Set<Promise<void>>();
  let own: Handlers = {};
  let begun = 0;

  const orByQueue = async (what: string, work: Promise<void>, queued: () => Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      log.warn({ error }, `${what} failed; its queue will wake it again`);
      await queued();
    }
  };

  const begin = (platform: string, symbol: string, work: Promise<void>): void => {
    begun += 1;
    const queued = async (): Promise<void> => queues.deliver(platform, symbol);
    const delivering = orByQueue(`a delivery to ${platform}`, work, queued)
      .catch((error: unknown) => log.warn({ error }, "nor could that be queued; the next sweep finds it"))
      .finally(() => underWay.delete(delivering));
    // nobody waits: a platform may take seconds, and the next symbol's recompute must not
    underWay.add(delivering);
  };

  return {
    recompute: async (symbol, slot, outset) => {
      const queued = async (): Promise<void> => queues.recompute(symbol, slot);
      if (own.recompute === undefined) return queued();
      const before = begun;
      await orByQueue(`the recompute of ${symbol}`, own.recompute({ symbol, slot }, outset), queued);
      // whoever was woken may be asking Redis still: that it was woken says nothing of when its alert goes out
      if (begun > before) await sleep(headStartMs, undefined, { ref: false });
    },
    hear: (symbol, report) => own.hear?.(symbol, report),
    deliver: async (platform, symbol) => {
      if (own.deliver === undefined) return queues.deliver(platform, symbol);
      begin(platform, symbol, own.deliver({ platform, symbol }));
    },
    deliverBehind: (platform, symbol, coming) => {
      if (own.deliver !== undefined) begin(platform, symbol, own.deliver({ platform, symbol }, coming));
    },
    connect: (handlers) => {
      own = handlers;
    },
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}
