import { parseAlertContent } from "../alerts/content.ts";
import { parseNotice, type SummaryNotice } from "../alerts/notices.ts";
import { heldAlert, parseHeld, type HeldAlert } from "../alerts/summary.ts";
import type { Clock } from "../ops/clock.ts";
import { shortHash } from "../ops/shortHash.ts";
import { type Delivery, noticesPlace, type Outbox } from "../store/contracts/outbox.ts";
import type { OutboxAlert } from "../store/contracts/symbols.ts";
import { toldId, type Turns } from "../store/contracts/turns.ts";

export interface HoldingOptions {
  readonly outbox: Pick<Outbox, "insert" | "newestEdits">;
  readonly turns: Pick<Turns, "holdBack" | "noteTold" | "heldBack" | "dropHeld">;
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
  /** Whether it is held back already. */
  readonly holds: (delivery: Delivery) => Promise<boolean>;
  /** Undefined: the alert is no summary. Without entries there is nothing to say any more. */
  readonly fill: (delivery: Delivery) => Promise<FilledSummary | undefined>;
  readonly drop: (destination: string, ids: readonly string[]) => Promise<void>;
  /** This is about to be sent: until what it says is dropped, any other one may repeat it. */
  readonly begin: (destination: string, summary: FilledSummary) => Promise<void>;
  /** It certainly was not sent. */
  readonly takeBack: (destination: string, summary: FilledSummary) => Promise<void>;
}

export interface FilledSummary {
  /** JSON of a notice. */
  readonly content: string;
  /** Another one where it says more, or less: a platform that knows a repeat by its key would leave out the rest. */
  readonly name: string;
  /** What is held back; empty where there is nothing to tell. */
  readonly ids: readonly string[];
  /** Another summary, or this one with something else in it, may have said some of it. */
  readonly mayRepeat: boolean;
  /** Nobody has begun to tell it. */
  readonly isFirst: boolean;
}

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

  const holds: Holding["holds"] = async ({ alert, destination }) =>
    (await turns.heldBack(destination)).has(alert.alertId);

  return {
    holds,
    hold: async (delivery, why, until) => {
      const { place, alert, destination, unknowns } = delivery;
      if (place !== noticesPlace) {
        const content = parseAlertContent(alert.content);
        if (!content.ok) return;
        // an attempt may have told it; not the one that held it back and whose process died over it
        if (unknowns > 0 && !(await holds(delivery))) await turns.noteTold(destination, alert.alertId);
        const entry = JSON.stringify(heldAlert(content.value, alert.episodeId));
        await turns.holdBack(destination, alert.alertId, entry);
      }
      await announce(destination, why, until);
    },
    fill: async ({ alert, destination }) => {
      const notice = parseNotice(alert.content);
      if (!notice.ok || notice.value.kind !== "summary") return undefined;
      const { [toldId]: told, ...held } = Object.fromEntries(await turns.heldBack(destination));
      const alerts = Object.values(held)
        .map(parseHeld)
        .flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
      const filled: SummaryNotice = { ...notice.value, alerts: await withEnds(alerts) };
      const ids = Object.keys(held);
      const name = `${alert.alertId}-${shortHash(ids.toSorted().join(" "))}`;
      const isFirst = told === undefined;
      return { content: JSON.stringify(filled), name, ids, mayRepeat: !isFirst && told !== name, isFirst };
    },
    drop: async (destination, ids) => turns.dropHeld(destination, [...ids, toldId]),
    begin: async (destination, { name }) => turns.noteTold(destination, name),
    takeBack: async (destination, { isFirst }) => {
      if (isFirst) await turns.dropHeld(destination, [toldId]);
    },
  };
}
