import { parseAlertContent } from "../alerts/content.ts";
import { strength } from "../alerts/data.ts";
import { decidePush, decideSound, type GatedAlert } from "../alerts/gate.ts";
import { parseNotice } from "../alerts/notices.ts";
import type { Pushes } from "../alerts/pushes.ts";
import { quietUntil } from "../alerts/quietHours.ts";
import type { DestinationRecord } from "../alerts/subscription.ts";
import type { Delivery } from "../store/contracts/outbox.ts";

/** What is known of a destination while it is its turn. */
export interface Addressee {
  readonly destination: string;
  readonly record: DestinationRecord | undefined;
  readonly pushes: Pushes;
}

/** What becomes of a delivery; always with why. */
export type Judgement =
  | { readonly kind: "push"; readonly silent: boolean; readonly pushes: Pushes }
  | { readonly kind: "edit"; readonly messageId: string }
  | { readonly kind: "hold"; readonly why: "quiet-hours" | "late"; readonly until: number }
  | { readonly kind: "skip"; readonly reason: string };

export interface Moment {
  /** On the clock. */
  readonly now: number;
  /** How old the alert is, on the clock. */
  readonly ageMs: number;
  readonly usefulMs: number;
}

/** What is late is gathered this long, so that it becomes one message. */
const gatherMs = 30_000;
/** And so long at least: to a replica whose clock is behind, a moment that is over may still come. */
const leastGatherMs = 60_000;

/**
 * Pure. A rule's push is asked for by the destination's record; what was addressed to it goes out unless it has
 * stopped. What is no longer news becomes part of a summary.
 */
export function judge(delivery: Delivery, addressee: Addressee, moment: Moment): Judgement {
  const { alert, messageId } = delivery;
  const { record, pushes } = addressee;
  if (messageId !== undefined) return record === undefined ? edit(messageId) : judgeEdit(record, messageId);
  const decide = moment.usefulMs === Infinity ? judgeAsDecided : judgeRule;
  const push = alert.rule === "" ? judgeAddressed(record, pushes) : decide(delivery, addressee, moment.now);
  if (push.kind !== "push" || moment.ageMs <= moment.usefulMs) return push;
  return { kind: "hold", why: "late", until: gatherUntil(moment.now) };
}

function edit(messageId: string): Judgement {
  return { kind: "edit", messageId };
}

/** A message that stands is kept true also where nobody wants new ones. */
function judgeEdit(record: DestinationRecord, messageId: string): Judgement {
  return record.disabled === undefined ? edit(messageId) : { kind: "skip", reason: "disabled" };
}

function judgeAddressed(record: DestinationRecord | undefined, pushes: Pushes): Judgement {
  if (record?.disabled !== undefined) return { kind: "skip", reason: "disabled" };
  return { kind: "push", silent: false, pushes };
}

function judgeRule(delivery: Delivery, { record, pushes }: Addressee, now: number): Judgement {
  const decision = decidePush(gated(delivery), record, pushes, now);
  if (decision.kind === "send") return { kind: "push", silent: !decision.loud, pushes: decision.pushes };
  if (decision.kind === "skip") return decision;
  return { kind: "hold", why: decision.reason, until: decision.until };
}

/** What the gate asks about, by alert: thousands are sent the same one. */
const gatedAlerts = new WeakMap<Delivery["alert"], GatedAlert>();

function gated({ place, alert }: Delivery): GatedAlert {
  const known = gatedAlerts.get(alert) ?? readGated(place, alert);
  gatedAlerts.set(alert, known);
  return known;
}

function readGated(symbol: string, { alertId, episodeId, rule, content }: Delivery["alert"]): GatedAlert {
  const read = parseAlertContent(content);
  if (!read.ok) return { symbol, alertId, episodeId, rule };
  const { ratio, direction, firedAt } = read.value;
  return { symbol, alertId, episodeId, rule, told: strength(ratio, direction), firedAt };
}

/**
 * What never ceases to be news is judged as when it was decided, by what had been pushed then: who was away for an hour is
 * told no less of it, and what was overtaken by a later push still comes.
 */
function judgeAsDecided(delivery: Delivery, addressee: Addressee): Judgement {
  const { place, alert } = delivery;
  const { pushes } = addressee;
  const { [place]: newest, ...symbols } = pushes.symbols;
  if (newest === undefined || newest.at <= alert.createdAt)
    return judgeRule(delivery, addressee, alert.createdAt);
  const judged = judgeRule(delivery, { ...addressee, pushes: { ...pushes, symbols } }, alert.createdAt);
  return judged.kind === "push" ? { ...judged, pushes } : judged;
}

/**
 * Pure, too. Where it is quiet a summary waits for the end of it and other notices make no sound. A mute leaves them out,
 * but for one: that something of theirs was stopped its owner should know. A summary of the quiet hours themselves waits
 * where it is: another one for the same moment would be the same one, which is known already.
 */
export function judgeNotice(
  { alert }: Delivery,
  { record, pushes }: Addressee,
  now: number,
): Exclude<Judgement, { kind: "edit" }> | { readonly kind: "wait"; readonly until: number } {
  if (record?.disabled !== undefined) return { kind: "skip", reason: "disabled" };
  const parsed = parseNotice(alert.content);
  const notice = parsed.ok ? parsed.value : undefined;
  const { mutedUntil = now, quietHours, zone = "UTC" } = record?.settings ?? {};
  const isMuted = mutedUntil > now;
  if (isMuted && notice?.kind !== "disabled") return { kind: "skip", reason: "muted" };
  const until = quietHours && quietUntil(quietHours, zone, now);
  if (until !== undefined && notice?.kind === "summary")
    return notice.why === "quiet-hours"
      ? { kind: "wait", until }
      : { kind: "hold", why: "quiet-hours", until };
  if (isMuted || until !== undefined) return { kind: "push", silent: true, pushes };
  // that something of theirs was stopped is said to an owner, whatever they asked for there
  if (record === undefined || notice?.kind === "disabled") return { kind: "push", silent: false, pushes };
  return { kind: "push", ...decideSound(record, pushes, now) };
}

/** The same moment for all that comes within half a minute, and not so near that the next could miss it. */
function gatherUntil(now: number): number {
  return Math.ceil((now + leastGatherMs) / gatherMs) * gatherMs;
}
