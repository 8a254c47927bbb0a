import { ruleKey, rulesOf } from "../../../../src/alerts/rules.ts";
import type { DestinationRecord } from "../../../../src/alerts/subscription.ts";
import { symbolKeys } from "../../../../src/store/keys.ts";
import { closingTopic, symbols } from "../cast.ts";
import { type Evidence, keysFrom } from "./evidence.ts";

/** The list of all destinations and the rules' pages agree with the documents. */
export async function placed(evidence: Evidence): Promise<readonly string[]> {
  const { store, history } = evidence;
  const names = [...new Set([...history.wishes.keys(), closingTopic.to])];
  const found = await store.destinations.getMany(names);
  const { destinations: listed } = await store.destinations.list(undefined, 1_000);
  const problems = names.flatMap((name, nth) => {
    const isListed = listed.includes(name);
    return isListed === (found[nth] !== undefined) ? [] : [`${name} is ${isListed ? "" : "not "}listed`];
  });
  const records = found.filter((one) => one !== undefined && one.disabled === undefined);
  for (const symbol of symbols) {
    const there = await pagesOf(evidence, symbol);
    const wanted = wantedOf(records, symbol);
    for (const one of there) if (!wanted.has(one)) problems.push(`${symbol}: ${one} is placed`);
    for (const one of wanted) if (!there.has(one)) problems.push(`${symbol}: ${one} is not placed`);
  }
  return problems;
}

async function pagesOf({ redis }: Evidence, symbol: string): Promise<ReadonlySet<string>> {
  const { rulePage } = symbolKeys(symbol);
  const all = new Set<string>();
  for (const key of await keysFrom(redis, rulePage)) {
    const [rule] = key.slice(rulePage.length).split(":");
    for (const name of await redis.hkeys(key)) all.add(`${rule} ${name}`);
  }
  return all;
}

function wantedOf(records: readonly (DestinationRecord | undefined)[], symbol: string): ReadonlySet<string> {
  return new Set(
    records.flatMap((record) =>
      (record?.subscriptions ?? [])
        .filter((one) => one.symbol === symbol)
        .flatMap(rulesOf)
        .map((rule) => `${ruleKey(rule)} ${record?.destination}`),
    ),
  );
}
