import { shortHash } from "../../../../src/ops/shortHash.ts";
import { iso } from "../platforms.ts";
import { textOf } from "../../../support/keyText.ts";
import type { Evidence } from "./evidence.ts";

/** What was claimed when it was done may still be posted. */
const claimMs = 1_500;
/** Its pace is gone in a minute; what turned it off says so where nobody is named. */
const elsewhere = /\{pace:|:ledger:disabled/;

/** Whoever is forgotten is in no key, by name or by hash, and hears no more. */
export async function forgotten(evidence: Evidence): Promise<readonly string[]> {
  const { history } = evidence;
  const last = new Map(history.forgotten.map((one) => [one.destination, one]));
  const problems: string[] = [];
  const texts = await textsOf(evidence);
  for (const { destination, at, doneAt } of last.values()) {
    const wishes = history.wishes.get(destination) ?? [];
    const isBack = wishes.some((wish) => wish.record !== undefined && wish.at >= at);
    if (isBack) continue;
    problems.push(...traces(texts, destination), ...heard(evidence, destination, doneAt));
  }
  return problems;
}

async function textsOf({ redis }: Evidence): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const key of await redis.keys("*"))
    if (!elsewhere.test(key)) texts.set(key, `${key}\n${await textOf(redis, key)}`);
  return texts;
}

function traces(texts: ReadonlyMap<string, string>, name: string): readonly string[] {
  return [...texts].flatMap(([key, text]) => {
    // whose owner it is says so as long as it likes
    const own = text.replaceAll(`"o":"${name}"`, "");
    if (own.split(/[\s|{}"]/).includes(name)) return [`${name} is in ${key} by name`];
    return own.includes(shortHash(name)) ? [`${name} is in ${key} by hash`] : [];
  });
}

function heard({ platforms }: Evidence, name: string, doneAt: number): readonly string[] {
  return platforms.posts
    .filter(
      ({ destination, key, askedAt }) =>
        destination === name && !key.startsWith("disabled") && askedAt > doneAt + claimMs,
    )
    .map(({ key, askedAt }) => `posted ${key} to ${name} at ${iso(askedAt)}, forgotten at ${iso(doneAt)}`);
}
