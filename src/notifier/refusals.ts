import { noteOwnerTold } from "../alerts/edits.ts";
import type { DisabledNotice } from "../alerts/notices.ts";
import type { DestinationRecord } from "../alerts/subscription.ts";
import type { Clock } from "../ops/clock.ts";
import { shortHash } from "../ops/shortHash.ts";
import type { Destinations } from "../store/contracts/destinations.ts";
import { noticesPlace, type Outbox } from "../store/contracts/outbox.ts";
import type { Turns } from "../store/contracts/turns.ts";

export interface RefusalsOptions {
  readonly destinations: Pick<Destinations, "disable" | "change" | "get" | "move">;
  readonly outbox: Pick<Outbox, "insert">;
  readonly turns: Pick<Turns, "moved">;
  readonly clock: Clock;
}

/** What follows from a platform's definite answers. Each step is safe to repeat. */
export interface Refusals {
  /** Nothing is sent there any more; its owner is told once. True when that was news. */
  readonly disable: (destination: string, reason: string) => Promise<boolean>;
  /** The owner of a destination that was disabled by a process that died right then. */
  readonly tellOwner: (record: DestinationRecord) => Promise<void>;
  readonly moved: (from: string, to: string) => Promise<DestinationRecord | undefined>;
}

export function createRefusals({ destinations, outbox, turns, clock }: RefusalsOptions): Refusals {
  const tellOwner = async (record: DestinationRecord): Promise<void> => {
    const { destination, disabled, settings } = record;
    if (disabled === undefined || disabled.ownerTold) return;
    const { reason, at } = disabled;
    if (settings.owner !== undefined && settings.owner !== destination) {
      const notice: DisabledNotice = { version: 1, kind: "disabled", time: at, destination, reason };
      const alertId = `disabled-${shortHash(destination)}-${at.toString(36)}`;
      const alert = { alertId, content: JSON.stringify(notice), destinations: [settings.owner] };
      await outbox.insert(noticesPlace, clock.now(), [alert]);
    }
    await destinations.change(destination, noteOwnerTold);
  };
  return {
    tellOwner,
    disable: async (destination, reason) => {
      const isNews = await destinations.disable(destination, reason, clock.now());
      const record = await destinations.get(destination);
      if (record !== undefined) await tellOwner(record);
      return isNews;
    },
    moved: async (from, to) => {
      await turns.moved(from, to);
      await destinations.move(from, to);
      return destinations.get(to);
    },
  };
}
