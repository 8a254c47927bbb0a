import { type RuleKey, ruleKey, rulesOf } from "../../alerts/rules.ts";
import type { DestinationRecord } from "../../alerts/subscription.ts";
import type { Rules, RulesInUse } from "../contracts/destinations.ts";
import { symbolKeys } from "../keys.ts";
import { parseList, placeScript } from "./pages.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";

/**
 * Who subscribed to a rule: a list in pages (pages.ts) under the symbol's tag, lists = `symbolKeys().rules`, page i =
 * `symbolKeys().rulePage .. rule .. ':' .. i`. A member is the destination as written, its value one digit of these
 * bits, so that a fan-out needs no destination's document.
 */
export const pageFlags = {
  /** A group, channel, webhook or console; without it a direct message. */
  broadcast: 1,
  /** Subscribed to several rules of the symbol that can cross together: only the strongest of a commit counts. */
  several: 2,
} as const;

/** By symbol, then by rule: the value of its page's field. */
export type Placement = ReadonlyMap<string, ReadonlyMap<RuleKey, string>>;

/** Where a destination's record puts it. Nowhere while it is disabled. */
export function placementOf(record: DestinationRecord | undefined): Placement {
  const placement = new Map<string, Map<RuleKey, string>>();
  if (record === undefined || record.disabled !== undefined) return placement;
  const kind = record.settings.kind === "direct" ? 0 : pageFlags.broadcast;
  for (const symbol of new Set(record.subscriptions.map((subscription) => subscription.symbol))) {
    const rules = record.subscriptions.filter((one) => one.symbol === symbol).flatMap(rulesOf);
    const opposite = (a: (typeof rules)[number], b: (typeof rules)[number]): boolean =>
      a.direction !== b.direction && a.notionalUsd === b.notionalUsd;
    const placed = rules.map((rule): [RuleKey, string] => {
      const key = ruleKey(rule);
      const others = rules.some((other) => ruleKey(other) !== key && !opposite(rule, other));
      return [key, String(kind + (others ? pageFlags.several : 0))];
    });
    if (placed.length > 0) placement.set(symbol, new Map(placed));
  }
  return placement;
}

/** Puts a destination where it belongs among `rules` of a symbol, and takes it out of the rest of them. */
export function createPlace(
  redis: RedisClient,
): (symbol: string, destination: string, rules: ReadonlyMap<RuleKey, string>) => Promise<void> {
  const place = defineScript(redis, placeScript);
  return async (symbol, destination, rules) => {
    const keys = symbolKeys(symbol);
    await place([keys.rules], [keys.rulePage, destination, ...[...rules].flat()]);
  };
}

const noRules: RulesInUse = { version: "", members: new Map() };

export function createRules(redis: RedisClient): Rules {
  return {
    inUse: async (symbol, known) => {
      const { rules } = symbolKeys(symbol);
      const version = (await redis.hget(rules, "version")) ?? "";
      if (known !== undefined && known.version === version) return known;
      return version === "" ? noRules : rulesInUse(await redis.hgetall(rules));
    },
  };
}

function rulesInUse({ version = "", ...lists }: Readonly<Record<string, string>>): RulesInUse {
  const members = Object.entries(lists).flatMap(([rule, packed]): [RuleKey, number][] => {
    const list = parseList(packed);
    return list === undefined ? [] : [[rule, list.members]];
  });
  return { version, members: new Map(members) };
}
