import type { Log } from "../../ops/log.ts";
import type { Lease } from "../../store/contracts/memory.ts";
import { Refusal } from "../failure.ts";
import type { Listed } from "../resolve.ts";
import type { DeskOptions } from "./desk.ts";

/** What following a venue's liquidations takes, however they are told. */
export interface FollowOptions extends DeskOptions {
  /** The contracts that are watched, as the venue lists them today. */
  readonly contracts: (signal: AbortSignal) => Promise<readonly Listed[]>;
  /** One process follows for all. */
  readonly lease: Lease;
  readonly holder: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Real ms. */
export const leaseMs = 15_000;
export const tickMs = 1_000;
export const relistMs = 600_000;
const retryMs = 10_000;

/** Does `once` again and again for as long as the signal lets it, whenever no other process does. */
export async function whileHeld(options: FollowOptions, once: () => Promise<void>): Promise<void> {
  const { venue, lease, holder, log, signal } = options;
  while (!signal.aborted) {
    try {
      const turn = await lease.hold(holder, leaseMs);
      if (turn.kind === "held") await once();
      else await rest(Math.min(turn.remainingMs, leaseMs), signal);
    } catch (error) {
      if (signal.aborted) break;
      // a venue that can't be asked is named by its polls
      if (error instanceof Refusal) log.debug({ venue, error }, "liquidations wait for the venue's markets");
      else log.warn({ venue, error }, "liquidations can't be followed; trying again");
      await rest(retryMs, signal);
    }
  }
  await release(options);
}

async function release({ lease, holder, venue, log }: FollowOptions): Promise<void> {
  try {
    await lease.release(holder);
  } catch (error) {
    log.debug({ venue, error }, "the lease on liquidations runs out by itself");
  }
}

/** Says once a tick whether to go on: the lease is ours and the same contracts are listed. */
export function createKeeping(
  options: FollowOptions,
  contracts: readonly Listed[],
): (tick: number) => Promise<boolean> {
  const { lease, holder, signal } = options;
  let listedAt = performance.now();
  return async (tick) => {
    if (tick % 5 === 0 && (await lease.hold(holder, leaseMs)).kind === "taken") return false;
    if (performance.now() - listedAt < relistMs) return true;
    listedAt = performance.now();
    return namesOf(await options.contracts(signal)) === namesOf(contracts);
  };
}

const namesOf = (contracts: readonly Listed[]): string =>
  contracts
    .map(({ id }) => id)
    .toSorted()
    .join(",");

export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
