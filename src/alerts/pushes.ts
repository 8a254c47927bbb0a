import { mostCooldownMs } from "./limits.ts";
import { parseJson, type Fields } from "./read.ts";
import type { Direction } from "./data.ts";

/** One destination's newest push about a symbol. */
export interface Push {
  /** Epoch ms. */
  readonly at: number;
  readonly direction: Direction;
  /** The rule's threshold, times 1.5 or 2 where it was an escalation. */
  readonly level: number;
  /** The strength its message named; absent in what older versions kept. */
  readonly told?: number;
  readonly episodeId: string;
  /** Pushes in a row that the floor let through. */
  readonly breaks: number;
}

/** What was pushed to one destination lately. Plain JSON. */
export interface Pushes {
  readonly version: 1;
  readonly symbols: Readonly<Record<string, Push>>;
  /** Epoch ms of the newest push by subscription's id. */
  readonly subscriptions: Readonly<Record<string, number>>;
  /** Loud pushes on a day of the destination's zone. */
  readonly loud: { readonly day: string; readonly count: number };
}

export const noPushes: Pushes = { version: 1, symbols: {}, subscriptions: {}, loud: { day: "", count: 0 } };

/** With one push more: `ids` of the subscriptions that asked for it, `loudDay` where it counts on a day's budget. */
export function notePush(
  pushes: Pushes,
  push: Push,
  taken: { readonly symbol: string; readonly ids: readonly number[]; readonly loudDay: string | undefined },
): Pushes {
  const { symbol, ids, loudDay } = taken;
  const subscriptions: Record<string, number> = {};
  for (const [id, at] of Object.entries(pushes.subscriptions))
    if (push.at - at < mostCooldownMs) subscriptions[id] = at;
  for (const id of ids) subscriptions[id] = push.at;
  return {
    version: 1,
    symbols: { ...pushes.symbols, [symbol]: push },
    subscriptions,
    loud: loudDay === undefined ? pushes.loud : oneLouder(pushes, loudDay),
  };
}

/** With one loud message more that is no push. */
export function noteLoud(pushes: Pushes, day: string): Pushes {
  return { ...pushes, loud: oneLouder(pushes, day) };
}

function oneLouder(pushes: Pushes, day: string): Pushes["loud"] {
  return { day, count: loudOn(pushes, day) + 1 };
}

export function loudOn(pushes: Pushes, day: string): number {
  return pushes.loud.day === day ? pushes.loud.count : 0;
}

const mostKnown = 256;
const known = new Map<string, Pushes>();

/**
 * What can't be read costs a floor once, never an alert. Those who were told in the same millisecond stand side by side
 * in the next crowd, too: the same text is read once, and its object shared. The oldest give way.
 */
export function parsePushes(json: string): Pushes {
  const before = known.get(json);
  if (before !== undefined) return before;
  const parsed = parseJson(json, readPushes);
  const pushes = parsed.ok ? parsed.value : noPushes;
  known.set(json, pushes);
  const [oldest] = known.keys();
  if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
  return pushes;
}

let newest: { readonly pushes: Pushes; readonly json: string } | undefined;

/** For `parsePushes`; of an object that many share made once. */
export function formatPushes(pushes: Pushes): string {
  if (newest?.pushes !== pushes) newest = { pushes, json: JSON.stringify(pushes) };
  return newest.json;
}

function readPushes(fields: Fields): Pushes {
  const version = fields.version(1);
  const symbols = fields.object("symbols");
  const subscriptions = fields.object("subscriptions");
  const loud = fields.object("loud");
  return {
    version,
    symbols: Object.fromEntries(symbols.keys().map((symbol) => [symbol, readPush(symbols.object(symbol))])),
    subscriptions: Object.fromEntries(subscriptions.keys().map((id) => [id, subscriptions.number(id)])),
    loud: { day: loud.text("day"), count: loud.count("count") },
  };
}

function readPush(fields: Fields): Push {
  return {
    at: fields.number("at"),
    direction: fields.oneOf("direction", ["up", "down"]),
    level: fields.positive("level"),
    ...(fields.has("told") && { told: fields.positive("told") }),
    episodeId: fields.text("episodeId"),
    breaks: fields.count("breaks"),
  };
}
