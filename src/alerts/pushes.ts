import { mostCooldownMs } from "./limits.ts";
import { malformed, parseJson, type Fields } from "./read.ts";
import type { Direction } from "./data.ts";

/** One destination's newest push about a symbol. */
export interface Push {
  /** Epoch ms. */
  readonly at: number;
  readonly direction: Direction;
  /** The rule's threshold, times 1.5 or 2 where it was an escalation. */
  readonly level: number;
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

/** After this long nothing in them matters any more. */
export const pushesTtlMs = mostCooldownMs + 24 * 3_600_000;

export const noPushes: Pushes = { version: 1, symbols: {}, subscriptions: {}, loud: { day: "", count: 0 } };

/** What one push has taken, to give it back where it failed. Plain JSON. */
export interface Reservation {
  readonly symbol: string;
  readonly at: number;
  readonly before?: Push;
  readonly subscriptions: readonly { readonly id: number; readonly before?: number }[];
  /** The day whose budget it counts on; absent for a silent one. */
  readonly loudDay?: string;
}

export function reserve(
  pushes: Pushes,
  push: Push,
  taken: { readonly symbol: string; readonly ids: readonly number[]; readonly loudDay: string | undefined },
): { readonly pushes: Pushes; readonly reservation: Reservation } {
  const { symbol, ids, loudDay } = taken;
  const before = pushes.symbols[symbol];
  const reservation: Reservation = {
    symbol,
    at: push.at,
    ...(before !== undefined && { before }),
    subscriptions: ids.map((id) => {
      const last = pushes.subscriptions[id];
      return last === undefined ? { id } : { id, before: last };
    }),
    ...(loudDay !== undefined && { loudDay }),
  };
  const recent = Object.entries(pushes.subscriptions).filter(([, at]) => push.at - at < mostCooldownMs);
  const next: Pushes = {
    version: 1,
    symbols: { ...pushes.symbols, [symbol]: push },
    subscriptions: { ...Object.fromEntries(recent), ...Object.fromEntries(ids.map((id) => [id, push.at])) },
    loud: loudDay === undefined ? pushes.loud : { day: loudDay, count: loudOn(pushes, loudDay) + 1 },
  };
  return { pushes: next, reservation };
}

/** As if the push had not been: of what came after it nothing is taken back. */
export function release(pushes: Pushes, reservation: Reservation): Pushes {
  const { symbol, at, before, loudDay } = reservation;
  const { [symbol]: newest, ...others } = pushes.symbols;
  const kept = newest !== undefined && newest.at === at ? before : newest;
  const subscriptions = new Map(Object.entries(pushes.subscriptions));
  for (const { id, before: last } of reservation.subscriptions) {
    if (subscriptions.get(String(id)) !== at) continue;
    if (last === undefined) subscriptions.delete(String(id));
    else subscriptions.set(String(id), last);
  }
  const isCounted = loudDay !== undefined && pushes.loud.day === loudDay;
  return {
    version: 1,
    symbols: kept === undefined ? others : { ...others, [symbol]: kept },
    subscriptions: Object.fromEntries(subscriptions),
    loud: isCounted ? { day: loudDay, count: Math.max(0, pushes.loud.count - 1) } : pushes.loud,
  };
}

export function loudOn(pushes: Pushes, day: string): number {
  return pushes.loud.day === day ? pushes.loud.count : 0;
}

/** What can't be read costs a floor once, never an alert. */
export function parsePushes(json: unknown): Pushes {
  const parsed = parseJson(json, readPushes);
  return parsed.ok ? parsed.value : noPushes;
}

function readPushes(fields: Fields): Pushes {
  if (fields.number("version") !== 1) return malformed(`its version is ${fields.number("version")}, not 1`);
  const symbols = fields.object("symbols");
  const subscriptions = fields.object("subscriptions");
  const loud = fields.object("loud");
  return {
    version: 1,
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
    episodeId: fields.text("episodeId"),
    breaks: fields.count("breaks"),
  };
}
