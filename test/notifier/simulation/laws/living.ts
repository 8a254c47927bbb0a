import { parseAlertContent } from "../../../../src/alerts/content.ts";
import { symbolKeys } from "../../../../src/store/keys.ts";
import { symbols } from "../cast.ts";
import { nameNow, type Posted } from "../platforms.ts";
import { alertOf, type Evidence, isPush, keysFrom, recordsIn } from "./evidence.ts";

/** A message that the ledger counts as an episode's: the one it keeps up to date. */
interface Living {
  readonly symbol: string;
  readonly episodeId: string;
  readonly destination: string;
  readonly messageId: string;
  /** What there was to say last. */
  readonly newest: string | undefined;
}

/** An episode's message is the newest there, and says the last there was to say. */
export async function living(evidence: Evidence): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const one of await livingOf(evidence)) {
    const name = `${one.episodeId} in ${one.destination}`;
    const post = evidence.platforms.posts.find(
      ({ destination, messageId }) => destination === one.destination && messageId === one.messageId,
    );
    const isPlain = /^(console|webhook)/.test(one.destination);
    if (!isPlain && post === undefined) problems.push(`${name}: ${one.messageId} isn't there`);
    if (!isPlain && post !== undefined) problems.push(...newerThan(evidence, one, post));
    const shown = isPlain ? lastUpdate(evidence, one) : post?.shown;
    const isBehind = timeOf(shown) < timeOf(one.newest) && (isPlain || post !== undefined);
    if (isBehind && !(await isExcused(evidence, one))) problems.push(`${name} does not say the newest`);
  }
  return problems;
}

async function livingOf({ redis }: Evidence): Promise<readonly Living[]> {
  const all: Living[] = [];
  for (const symbol of symbols) {
    const { messages, alert } = symbolKeys(symbol);
    for (const key of await keysFrom(redis, messages)) {
      const [episodeId = ""] = key.slice(messages.length).split(":");
      const newest = (await redis.hget(`${alert}${episodeId}~`, "c")) ?? undefined;
      for (const [destination, messageId] of Object.entries(await redis.hgetall(key)))
        all.push({ symbol, episodeId, destination, messageId, newest });
    }
  }
  return all;
}

/** Of when it tells; a push says more than the edit before it. */
function timeOf(content: string | undefined): number {
  const read = content === undefined ? undefined : parseAlertContent(content);
  return read?.ok === true ? read.value.time : -Infinity;
}

/** One whose answer came is known. Two that were under way at once may have settled in either order. */
const atOnceMs = 20_000;

function newerThan({ platforms }: Evidence, living: Living, post: Posted): readonly string[] {
  const { episodeId, destination, messageId } = living;
  const newest = platforms.posts.findLast((one) => {
    const { alertId = "" } = alertOf(one) ?? {};
    const isOfEpisode =
      alertId.startsWith(episodeId) && /^(-x1.5|-x2)?$/.test(alertId.slice(episodeId.length));
    return one.destination === destination && one.isKnown && isPush(one) && isOfEpisode;
  });
  if (newest === undefined || newest.at <= post.at + atOnceMs) return [];
  return [`${episodeId} in ${destination}: ${newest.messageId} is newer than ${messageId}`];
}

/** What can't be edited gets posts of their own. */
function lastUpdate({ platforms }: Evidence, { destination, episodeId }: Living): string | undefined {
  const updates = platforms.posts.filter(
    (post) =>
      post.destination === destination &&
      post.request.isUpdate === true &&
      post.key.startsWith(`${episodeId}-`),
  );
  return updates.at(-1)?.request.content;
}

/** It was refused there, or the chat is gone from where it was. */
async function isExcused(evidence: Evidence, living: Living): Promise<boolean> {
  const { symbol, episodeId, destination } = living;
  if (nameNow(evidence.platforms, destination) !== destination) return true;
  if (recordsIn(evidence, destination, 0, Infinity).some((one) => one?.disabled !== undefined)) return true;
  for (const key of await keysFrom(evidence.redis, `${symbolKeys(symbol).ledger}${episodeId}~:`)) {
    const row = await evidence.redis.hget(key, destination);
    if (row?.startsWith("d|") === true) return true;
  }
  return false;
}
