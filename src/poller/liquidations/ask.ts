import type { PrintSource } from "../contracts.ts";
import { openDesk } from "./desk.ts";
import { createKeeping, type FollowOptions, relistMs, rest, tickMs, whileHeld } from "./hold.ts";
import { createTotals } from "./totals.ts";

export interface AskOptions extends FollowOptions {
  readonly source: PrintSource;
}

/** What an answer left out may be in the next one: two answers overlap by this. */
const overlapMs = 120_000;

/** Asks one venue for its liquidations for as long as the signal lets it, whenever no other process does. */
export async function askForLiquidations(options: AskOptions): Promise<void> {
  await whileHeld(options, async () => askOnce(options));
}

/** Until the lease is lost, or other contracts are listed. Answers reach back, so that only a long silence is a gap. */
async function askOnce(options: AskOptions): Promise<void> {
  const { source, clock, signal } = options;
  const contracts = await options.contracts(signal);
  if (contracts.length === 0) return rest(relistMs, signal);
  const totals = createTotals("all");
  const desk = await openDesk(options, source.reader, contracts, totals);
  const goesOn = createKeeping(options, contracts);
  let readTo = -Infinity;
  let dueAt = -Infinity;

  const read = async (now: number): Promise<void> => {
    const from = Math.max(now - source.reachMs, readTo - overlapMs);
    const said = await source.read(contracts, { from, to: now }, signal);
    if (said === undefined) return;
    if (said.from > readTo) totals.heardSince(said.from);
    readTo = now;
    said.answers.forEach(desk.take);
    await desk.flush(now);
  };

  for (let tick = 1; !signal.aborted; tick += 1) {
    const now = clock.now();
    if (now >= dueAt) {
      // at the turn of a minute, so that a bar that has just closed is told to its end
      dueAt = (Math.floor(now / source.everyMs) + 1) * source.everyMs;
      await read(now);
    }
    if (!(await goesOn(tick))) return;
    await rest(Math.min(tickMs, clock.realMs(source.everyMs)), signal);
  }
}
