import { parseAlertContent } from "../alerts/content.ts";
import { parseNotice, type SummaryNotice } from "../alerts/notices.ts";
import { heldAlert, parseHeld, type HeldAlert } from "../alerts/summary.ts";
import type { Clock } from "../ops/clock.ts";
import { shortHash } from "../ops/shortHash.ts";
import { type Delivery, noticesPlace, type Outbox } from "../store/contracts/outbox.ts";
import type { OutboxAlert } from "../store/contracts/symbols.ts";
import type { Turns } from "../store/contracts/turns.ts";

export interface HoldingOptions {
  readonly outbox: Pick<Outbox, "insert" | "newestEdits">;
  readonly turns: Pick<Turns, "holdBack" | "heldBack" | "dropHeld">;
  readonly clock: Clock;
}

/**
 * A summary that is sent too near to the moment it was gathered for could miss what is just being held back, by a replica
 * whose clock is behind as well.
 */
const marginMs = 45_000;

/** What isn't said now is kept for one message later. Each step is safe to repeat. */
export interface Holding {
  readonly hold: (delivery: Delivery, why: SummaryNotice["why"], until: number) => Promise<void>;
  /** Undefined: the alert is no summary. Without entries there is nothing to say any more. */
  readonly fill: (delivery: Delivery) => Promise<FilledSummary | undefined>;
  readonly drop: (destination: string, ids: readonly string[]) => Promise<void>;
  /** The answer to this summary was lost: until what it says is dropped, any other one may repeat it. */
  readonly doubt: (delivery: Delivery) => Promise<void>;
}

export interface FilledSummary {
  /** JSON of a notice. */
  readonly content: string;
  readonly ids: readonly string[];
  /** Another summary may have said some of it. */
  readonly mayRepeat: boolean;
}

/** Kept with what is held back, and dropped with it: which summary's answer was lost. */
const doubtId = "possible-repeat";

/** A notice that is filled, when its time has come, with all that is held back for the destination; one for each moment. */
export function summaryFor(destination: string, why: SummaryNotice["why"], at: number): OutboxAlert {
  const notice: SummaryNotice = { version: 1, kind: "summary", why, time: at, alerts: [] };
  const alertId = `summary-${why}-${shortHash(destination)}-${at.toString(36)}`;
  return { alertId, content: JSON.stringify(notice), destinations: [destination] };
}

export function createHolding({ outbox, turns, clock }: HoldingOptions): Holding {
  const announce = async (destination: string, why: SummaryNotice["why"], until: number): Promise<void> => {
    const now = clock.now();
    const at = until - now < marginMs ? until + 2 * marginMs : until;
    const summary = summaryFor(destination, why, at);
    await outbox.insert(noticesPlace, now, [{ ...summary, delayMs: clock.realMs(at - now) }]);
  };

  /** Says of alerts whose episodes have ended since that they have. */
  const withEnds = async (alerts: readonly HeldAlert[]): Promise<readonly HeldAlert[]> => {
    const edits = await Promise.all(
      alerts.map(async ({ symbol, episodeId }) =>
        episodeId === "" ? undefined : (await outbox.newestEdits(symbol, [episodeId]))[0],
      ),
    );
    return alerts.map((alert, index) => {
      const newest = parseAlertContent(edits[index]);
      return newest.ok && newest.value.kind === "resolved" ? { ...alert, hasEnded: true } : alert;
    });
  };

  return {
    hold: async ({ place, alert, destination }, why, until) => {
      if (place !== noticesPlace) {
        const content = parseAlertContent(alert.content);
        if (!content.ok) return;
        const entry = JSON.stringify(heldAlert(content.value, alert.episodeId));
        await turns.holdBack(destination, alert.alertId, entry);
      }
      await announce(destination, why, until);
    },
    fill: async ({ alert, destination }) => {
      const notice = parseNotice(alert.content);
      if (!notice.ok || notice.value.kind !== "summary") return undefined;
      const held = await turns.heldBack(destination);
      const alerts = [...held.values()].map(parseHeld).flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
      const filled: SummaryNotice = { ...notice.value, alerts: await withEnds(alerts) };
      const mayRepeat = (held.get(doubtId) ?? alert.alertId) !== alert.alertId;
      return { content: JSON.stringify(filled), ids: [...held.keys()], mayRepeat };
    },
    drop: turns.dropHeld,
    doubt: async ({ alert, destination }) => turns.holdBack(destination, doubtId, alert.alertId),
  };
}
