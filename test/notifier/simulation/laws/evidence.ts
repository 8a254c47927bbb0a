import type { Redis } from "ioredis";
import { type AlertContent, parseAlertContent } from "../../../../src/alerts/content.ts";
import { ruleKey, rulesOf } from "../../../../src/alerts/rules.ts";
import type { DestinationRecord, Subscription } from "../../../../src/alerts/subscription.ts";
import { createAlertLog } from "../../../../src/store/ledger/alertLog.ts";
import type { DeliveryRecord } from "../../../../src/store/contracts/alertLog.ts";
import { places } from "../cast.ts";
import { nameNow, type Posted } from "../platforms.ts";
import type { Stage } from "../stage.ts";

/** What the ledger says became of an alert at a destination. */
export interface Row extends DeliveryRecord {
  readonly symbol: string;
  readonly alertId: string;
  readonly episodeId: string;
  readonly rule: string;
  readonly decidedAt: number;
  readonly content: string;
}

/** What really happened, and what the program says of it. */
export interface Evidence extends Stage {
  readonly redis: Redis;
  readonly rows: readonly Row[];
}

/** Says where it was broken. */
export type Law = (evidence: Evidence) => readonly string[] | Promise<readonly string[]>;

export async function gather(redis: Redis, stage: Stage): Promise<Evidence> {
  const log = createAlertLog(redis);
  const rows: Row[] = [];
  for (const symbol of places)
    for (const alert of await log.alerts(symbol, { from: 0, to: Infinity, limit: 500 }))
      for (const row of await log.deliveries(alert)) {
        const { alertId, episodeId, rule, content } = alert;
        rows.push({ ...row, symbol, alertId, episodeId, rule, decidedAt: alert.at, content });
      }
  return { ...stage, redis, rows };
}

/** All that was wanted somewhere in this time. */
export function recordsIn(
  { history }: Evidence,
  destination: string,
  from: number,
  to: number,
): readonly (DestinationRecord | undefined)[] {
  const wishes = history.wishes.get(destination) ?? [];
  const before = wishes.findLast((wish) => wish.at <= from)?.record;
  return [before, ...wishes.filter((wish) => wish.at > from && wish.at <= to).map(({ record }) => record)];
}

/** The subscriptions to this rule. */
export function askingIn(
  record: DestinationRecord | undefined,
  symbol: string,
  rule: string,
): readonly Subscription[] {
  return (record?.subscriptions ?? []).filter(
    (one) => one.symbol === symbol && rulesOf(one).some((each) => ruleKey(each) === rule),
  );
}

/** Whether both are names of one chat, by now. */
export function isSame({ platforms }: Evidence, one: string, other: string): boolean {
  return nameNow(platforms, one) === nameNow(platforms, other);
}

/** How often nobody could know whether it had arrived: an answer was lost, or whoever waited for it. */
export function doubts(evidence: Evidence, destination: string, key: string): number {
  const { platforms, history } = evidence;
  const calls = platforms.calls.filter(
    (call) => call.key === key && isSame(evidence, call.destination, destination),
  );
  const lost = calls.filter(({ answer }) => isLost(answer) || answer === "none").length;
  const troubled = calls.filter(({ askedAt, answeredAt }) =>
    history.trouble.some(
      (one) => one.at <= Math.min(answeredAt, askedAt + 30_000) + 5_000 && one.until >= askedAt - 20_000,
    ),
  ).length;
  return lost + troubled;
}

export function isLost(answer: string): boolean {
  return /^(lost|hanging|failing)/.test(answer);
}

export function alertOf({ request }: Posted): AlertContent | undefined {
  const content = parseAlertContent(request.content);
  return content.ok ? content.value : undefined;
}

/** News, not the end of something told before. */
export function isPush(post: Posted): boolean {
  return post.request.isUpdate !== true && alertOf(post)?.kind === "firing";
}

/** The keys that begin so; braces are no part of a pattern's language, but are of its tags. */
export async function keysFrom(redis: Redis, prefix: string): Promise<readonly string[]> {
  return redis.keys(`${prefix.replaceAll(/[{}]/g, "?")}*`);
}

export function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
