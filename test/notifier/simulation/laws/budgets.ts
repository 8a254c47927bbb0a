import { edgeOf } from "../../../../src/alerts/alertId.ts";
import { floorMs } from "../../../../src/alerts/gate.ts";
import { parseRuleKey } from "../../../../src/alerts/rules.ts";
import { localTime } from "../../../../src/alerts/zone.ts";
import { symbols } from "../cast.ts";
import { iso, nameNow, type Posted } from "../platforms.ts";
import { alertOf, doubts, type Evidence, groupBy, isPush, recordsIn } from "./evidence.ts";

/** Two claims may be so far apart from their calls. */
const claimMs = 1_600;
/** What was judged before a wish may be posted after it. */
const judgedMs = 13_000;

/** Between two pushes of a symbol lies the floor, but for the stronger one. */
export function floors(evidence: Evidence): readonly string[] {
  return [...pushesByPlace(evidence)].flatMap(([place, pushes]) =>
    symbols.flatMap((symbol) => {
      const own = pushes.filter((post) => alertOf(post)?.symbol === symbol);
      return own.flatMap((post, nth) => {
        const before = own[nth - 1];
        if (before === undefined || !isTooSoon(evidence, before, post)) return [];
        return [
          `too soon in ${place}: ${post.key} at ${iso(post.askedAt)} after ${before.key} at ${iso(before.askedAt)}`,
        ];
      });
    }),
  );
}

/** No more pushes with a sound than were asked for in a day. */
export function budgets(evidence: Evidence): readonly string[] {
  return [...pushesByPlace(evidence)].flatMap(([place, pushes]) => {
    const zones = new Set(
      recordsIn(evidence, place, 0, Infinity)
        .filter((one) => one !== undefined)
        .map(({ settings }) => settings.zone),
    );
    // who is forgotten or moves to another zone begins another day
    const isForgotten = evidence.history.forgotten.some(({ destination }) => destination === place);
    return isForgotten || zones.size !== 1 ? [] : tooLoud(evidence, place, pushes);
  });
}

function pushesByPlace(evidence: Evidence): ReadonlyMap<string, readonly Posted[]> {
  const pushes = evidence.platforms.posts.filter(
    (post) => isPush(post) && !post.destination.startsWith("webhook"),
  );
  return groupBy(pushes, ({ destination }) => nameNow(evidence.platforms, destination));
}

/** A repeat has its place by the one that nobody knew of. */
function isDoubtful(evidence: Evidence, { destination, key, request }: Posted): boolean {
  return request.possibleRepeat || doubts(evidence, destination, key) > 0;
}

function isTooSoon(evidence: Evidence, before: Posted, post: Posted): boolean {
  if (isDoubtful(evidence, before) || isDoubtful(evidence, post)) return false;
  const apartMs = post.askedAt - before.askedAt;
  if (apartMs >= floorMs - claimMs - Math.abs(post.by.skew - before.by.skew)) return false;
  const [one, other] = [strengthOf(before), strengthOf(post)];
  return one.direction !== other.direction || other.level <= one.level;
}

const factors = { "escalate-1": 1.5, "escalate-2": 2, fire: 1, update: 1, resolve: 1 };

function strengthOf(post: Posted): { readonly direction: string | undefined; readonly level: number } {
  const alert = alertOf(post);
  if (alert === undefined) return { direction: undefined, level: 0 };
  const { alertId, rule = "", direction } = alert;
  return { direction, level: (parseRuleKey(rule)?.ratio ?? 0) * factors[edgeOf(alertId)] };
}

function tooLoud(evidence: Evidence, place: string, pushes: readonly Posted[]): readonly string[] {
  const days = new Map<string, number>();
  const loud = pushes.filter((post) => post.request.silent !== true && !isDoubtful(evidence, post));
  return loud.flatMap(({ askedAt }) => {
    const [record] = recordsIn(evidence, place, askedAt, askedAt);
    if (record === undefined) return [];
    const { day } = localTime(record.settings.zone ?? "UTC", askedAt);
    const count = (days.get(day) ?? 0) + 1;
    days.set(day, count);
    const since =
      evidence.history.wishes.get(place)?.findLast(({ at, record }) => at <= askedAt && record !== undefined)
        ?.at ?? 0;
    const isOver = count > (record.settings.loudPerDay ?? Infinity) && askedAt - since > judgedMs;
    return isOver ? [`too loud in ${place} at ${iso(askedAt)}: ${count}`] : [];
  });
}
