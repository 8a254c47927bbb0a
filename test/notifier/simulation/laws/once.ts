import { iso, nameNow, type Call } from "../platforms.ts";
import { doubts, type Evidence, groupBy, isLost, isSame } from "./evidence.ts";

/** A chat sees a message again only where nobody could know that it had seen it, and is told so. */
export function once(evidence: Evidence): readonly string[] {
  const { posts } = evidence.platforms;
  const ofOne = groupBy(
    posts.filter(({ request }) => request.isUpdate !== true),
    ({ key, destination }) => `${key} -> ${nameNow(evidence.platforms, destination)}`,
  );
  return [...ofOne].flatMap(([name, [first, ...again]]) => {
    if (first === undefined || again.length === 0) return [];
    const known = doubts(evidence, first.destination, first.key);
    return [
      ...again
        .filter(({ request }) => !request.possibleRepeat)
        .map((post) => `unmarked repeat: ${name} at ${iso(post.at)}`),
      ...(again.length > known ? [`${again.length} repeats of ${name} for ${known} doubts`] : []),
    ];
  });
}

/** Nobody reads "possible repeat" for nothing. */
export function markedWithReason(evidence: Evidence): readonly string[] {
  return evidence.platforms.calls
    .filter(({ kind, key, request }) => {
      const isMarked = kind === "send" && "possibleRepeat" in request && request.possibleRepeat;
      return isMarked && request.isUpdate !== true && !key.startsWith("summary");
    })
    .filter((call) => !hasReason(evidence, call))
    .map((call) => `marked for nothing: ${call.key} at ${iso(call.askedAt)}`);
}

function hasReason(evidence: Evidence, call: Call): boolean {
  if (evidence.history.trouble.some((one) => one.at < call.askedAt)) return true;
  return evidence.platforms.calls.some(
    (one) =>
      isLost(one.answer) &&
      partOf(one) === partOf(call) &&
      one.askedAt < call.askedAt &&
      isSame(evidence, one.destination, call.destination),
  );
}

/** The alert's part of the key. */
function partOf({ key }: Call): string {
  return key.split("|")[0] ?? key;
}
