import { parseNotice } from "../../../../src/alerts/notices.ts";
import { quietUntil } from "../../../../src/alerts/quietHours.ts";
import type { DestinationRecord } from "../../../../src/alerts/subscription.ts";
import { iso, type Posted } from "../platforms.ts";
import { alertOf, askingIn, type Evidence, recordsIn } from "./evidence.ts";

/** What was known when a call began may be older: claims begin within 1.5 s, and a call lasts ten. */
const knownMs = 12_000;
/** For as long as a process may have stood still between the two. */
const stillMs = 30_000;

/** Nothing is posted where it isn't wanted, nor at a time or with a sound that isn't. */
export function wanted(evidence: Evidence): readonly string[] {
  return evidence.platforms.posts.flatMap((post) => {
    if (post.request.isUpdate === true) return [];
    const problem = problemOf(evidence, post);
    return problem === undefined ? [] : [`${problem}: ${post.key} at ${iso(post.askedAt)}`];
  });
}

function problemOf(evidence: Evidence, post: Posted): string | undefined {
  const { destination, askedAt } = post;
  const longer = isTroubled(evidence, post) ? stillMs : 0;
  const records = recordsIn(evidence, destination, askedAt - knownMs - longer, askedAt);
  if (records.every((one) => one === undefined))
    return noticeOf(post) === "disabled" ? undefined : "posted where nobody asked for anything";
  const fitting = records.filter((one) => one !== undefined).filter((one) => fits(one, post));
  if (fitting.length === 0) return "posted where it isn't wanted";
  return soundProblem(fitting, post);
}

function isTroubled({ history }: Evidence, { by, askedAt }: Posted): boolean {
  return history.trouble.some(
    (one) => one.by === by.name && one.at <= askedAt && one.until >= askedAt - knownMs,
  );
}

function noticeOf({ request }: Posted): string | undefined {
  const notice = parseNotice(request.content);
  return notice.ok ? notice.value.kind : undefined;
}

function fits(record: DestinationRecord, post: Posted): boolean {
  if (record.disabled !== undefined) return false;
  const alert = alertOf(post);
  const notice = noticeOf(post);
  const { mutedUntil = 0, quietHours, zone = "UTC" } = record.settings;
  const judgedAt = judgedAtOf(post);
  if (mutedUntil > judgedAt && notice !== "disabled") return false;
  const isQuiet = quietHours !== undefined && quietUntil(quietHours, zone, judgedAt) !== undefined;
  // what can't wait comes without a sound
  if (isQuiet && (alert !== undefined || notice === "summary" || post.request.silent !== true)) return false;
  return alert === undefined || askingIn(record, alert.symbol, alert.rule ?? "").length > 0;
}

/** A webhook is judged by when it was decided, however late it comes. */
function judgedAtOf(post: Posted): number {
  const alert = alertOf(post);
  const isWebhook = post.destination.startsWith("webhook");
  return isWebhook && alert !== undefined ? alert.time : post.askedAt + post.by.skew;
}

function soundProblem(records: readonly DestinationRecord[], post: Posted): string | undefined {
  const alert = alertOf(post);
  if (alert === undefined) return undefined;
  const asking = records.flatMap((one) => askingIn(one, alert.symbol, alert.rule ?? ""));
  const modes = new Set(asking.map(({ mode }) => mode));
  const isSilent = post.request.silent === true;
  if (!modes.has("loud") && !isSilent) return "loud where silence was asked for";
  const isBudgeted = records.some(({ settings }) => settings.loudPerDay !== undefined);
  return isSilent && !modes.has("silent") && !isBudgeted ? "silent for nothing" : undefined;
}
