import { parseAlertContent } from "../../../../src/alerts/content.ts";
import { parseNotice } from "../../../../src/alerts/notices.ts";
import { iso, nameNow, type Posted } from "../platforms.ts";
import { type Evidence, isSame, recordsIn, type Row } from "./evidence.ts";

/** What was held back is summed up, once. */
export function summaries(evidence: Evidence): readonly string[] {
  return evidence.rows
    .filter(({ state, symbol }) => state === "held" && symbol !== "notices")
    .flatMap((row) => {
      const content = parseAlertContent(row.content);
      if (!content.ok) return [];
      const name = `${row.alertId} to ${row.destination}, held at ${iso(row.at)} (${row.note})`;
      const tellings = evidence.platforms.posts.filter(
        (post) =>
          isSame(evidence, post.destination, row.destination) && tells(post, row, content.value.ratio),
      );
      if (tellings.length === 0) return isExcused(evidence, row) ? [] : [`never summed up: ${name}`];
      return tellings
        .slice(1)
        .filter(({ request }) => !request.possibleRepeat)
        .map((again) => `summed up twice: ${name}, again at ${iso(again.at)}`);
    });
}

function tells({ request }: Posted, { episodeId }: Row, ratio: number | null): boolean {
  const notice = parseNotice(request.content);
  if (!notice.ok || notice.value.kind !== "summary") return false;
  return notice.value.alerts.some((one) => one.episodeId === episodeId && one.ratio === ratio);
}

/** Nobody wanted to hear of it any more, or the platform would not have it. */
function isExcused(evidence: Evidence, { destination, at }: Row): boolean {
  const own = nameNow(evidence.platforms, destination);
  const isUnwanted = [destination, own]
    .flatMap((one) => recordsIn(evidence, one, at - 10_000, Infinity))
    .some((one) => one === undefined || one.disabled !== undefined || (one.settings.mutedUntil ?? 0) > at);
  const isRefused = evidence.platforms.calls.some(
    (call) =>
      call.key.startsWith("summary") &&
      call.askedAt > at &&
      /reject/.test(call.answer) &&
      isSame(evidence, call.destination, destination),
  );
  return isUnwanted || isRefused;
}
