import { z } from "zod";
import { type FeedMemory, type FeedNotice, watchFeed } from "../alerts/feedWatch.ts";
import type { FeedNoticeContent } from "../alerts/notices.ts";
import type { DestinationRecord } from "../alerts/subscription.ts";
import type { Imbalance } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { shortHash } from "../ops/shortHash.ts";
import type { Destinations } from "../store/contracts/destinations.ts";
import type { BotMemory } from "../store/contracts/memory.ts";
import { noticesPlace, type Outbox } from "../store/contracts/outbox.ts";
import { createInTurn } from "./inTurn.ts";

export interface FeedNoticesOptions {
  readonly destinations: Pick<Destinations, "list" | "getReadable">;
  readonly outbox: Pick<Outbox, "insert">;
  readonly memory: Pick<BotMemory, "recall" | "remember">;
  readonly clock: Clock;
  readonly log: Log;
}

export interface FeedNotices {
  /** After every commit; doesn't hold anything up. */
  readonly note: (imbalance: Imbalance) => void;
  /** What was noted so far is dealt with. */
  readonly settled: () => Promise<void>;
}

const keptMs = 30 * 24 * 3_600_000;
const batch = 500;

const stored = z.object({
  staleSince: z.number().exactOptional(),
  freshSince: z.number().exactOptional(),
  lostSaidAt: z.number().exactOptional(),
  lastSaidAt: z.number().exactOptional(),
  unsaid: z.object({ kind: z.enum(["feed-lost", "feed-back"]), since: z.number() }).exactOptional(),
});

/** With what is being said: whoever comes after a process that died over it says it to the others. */
interface Kept extends FeedMemory {
  readonly unsaid?: FeedNotice;
}

/**
 * Says once to every destination that asked for it that a symbol's data is lost, and once that it is back. A notice is
 * remembered as unsaid until all of it is in the outbox, which takes each id once: a crash in between loses nothing, nor
 * does it repeat anything.
 */
export function createFeedNotices(options: FeedNoticesOptions): FeedNotices {
  const inTurn = createInTurn();
  const open = new Set<Promise<void>>();
  return {
    note: (imbalance) => {
      const noted = inTurn(imbalance.symbol, async () => noteOne(options, imbalance)).catch(
        (error: unknown) => {
          options.log.warn({ symbol: imbalance.symbol, error }, "whether data was lost could not be noted");
        },
      );
      open.add(noted);
      void noted.finally(() => open.delete(noted));
    },
    settled: async () => {
      await Promise.all(open);
    },
  };
}

async function noteOne(options: FeedNoticesOptions, { symbol, regime }: Imbalance): Promise<void> {
  const { memory, clock } = options;
  const name = `feed-${symbol}`;
  const before = await memory.recall(name);
  const { unsaid, ...known } = readMemory(before);
  if (unsaid !== undefined) await say(options, symbol, unsaid);
  const { memory: next, notice } = watchFeed(known, regime === "stale", clock.now());
  const remember = async (kept: Kept): Promise<void> => memory.remember(name, JSON.stringify(kept), keptMs);
  if (notice !== undefined) {
    await remember({ ...next, unsaid: notice });
    await say(options, symbol, notice);
  }
  if (notice !== undefined || JSON.stringify(next) !== (before ?? "{}")) await remember(next);
}

async function say(options: FeedNoticesOptions, symbol: string, notice: FeedNotice): Promise<void> {
  const told = await tell(options, symbol, notice);
  options.log.info({ symbol, notice: notice.kind, destinations: told }, "data lost, or back again");
}

/** Something else in its place is forgotten: at worst a loss is said once more. */
function readMemory(text: string | undefined): Kept {
  try {
    return stored.parse(JSON.parse(text ?? "{}"));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return {};
    throw error;
  }
}

async function tell(options: FeedNoticesOptions, symbol: string, notice: FeedNotice): Promise<number> {
  const { destinations, outbox, clock, log } = options;
  const now = clock.now();
  const content: FeedNoticeContent = {
    version: 1,
    kind: notice.kind,
    time: now,
    symbol,
    since: notice.since,
  };
  let [cursor, told]: [string | undefined, number] = [undefined, 0];
  do {
    const page = await destinations.list(cursor, batch);
    const { records, unreadable } = await destinations.getReadable(page.destinations);
    if (unreadable > 0)
      log.warn({ symbol, unreadable }, "destinations can't be read, and are not told of data");
    for (const record of records) {
      if (!asked(record, symbol)) continue;
      told += 1;
      await outbox.insert(noticesPlace, now, [
        {
          // one for each destination: a page may turn up twice, and another page may follow a crash. An id is a part of
          // keys, where a destination's name is nobody's business
          alertId: `${notice.kind}-${symbol}-${notice.since.toString(36)}-${shortHash(record.destination)}`,
          content: JSON.stringify(content),
          destinations: [record.destination],
        },
      ]);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return told;
}

function asked({ settings, subscriptions, disabled }: DestinationRecord, symbol: string): boolean {
  if (settings.feedNotices !== true || disabled !== undefined) return false;
  return subscriptions.some((each) => each.symbol === symbol && each.mode !== "off");
}
