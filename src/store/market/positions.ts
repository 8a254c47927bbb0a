import type { MeasuredPosition } from "../../model/types.ts";
import type { KnownAccount, Positions } from "../contracts/markets.ts";
import { accountsKey, symbolKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

/** What nobody asked about for so long is nobody's position any more. */
const ttlMs = 24 * 3_600_000;

/**
 * An account is one field of some sixty bytes, a position one of a hundred: two thousand accounts with a position
 * each in three symbols are under a megabyte.
 */
export function createPositions(redis: RedisClient): Positions {
  return {
    accounts: async (venue) =>
      Object.entries(await redis.hgetall(accountsKey(venue))).flatMap(
        ([address, text]) => unpackAccount(address, text) ?? [],
      ),
    keep: async (venue, accounts) => {
      if (accounts.length === 0) return;
      const key = accountsKey(venue);
      await redis.hset(key, Object.fromEntries(accounts.map((each) => [each.address, packAccount(each)])));
      await redis.pexpire(key, ttlMs);
    },
    forget: async (venue, addresses, symbols) => {
      if (addresses.length === 0) return;
      const fields = addresses.map((address) => fieldOf(venue, address));
      await redis.hdel(accountsKey(venue), ...addresses);
      await Promise.all(symbols.map(async (symbol) => redis.hdel(symbolKeys(symbol).positions, ...fields)));
    },
    put: async (venue, symbol, held) => {
      const { positions } = symbolKeys(symbol);
      const kept: Record<string, string> = {};
      const gone: string[] = [];
      for (const [address, position] of held) {
        if (position === undefined) gone.push(fieldOf(venue, address));
        else kept[fieldOf(venue, address)] = packPosition(venue, position);
      }
      if (gone.length > 0) await redis.hdel(positions, ...gone);
      if (Object.keys(kept).length === 0) return;
      await redis.hset(positions, kept);
      await redis.pexpire(positions, ttlMs);
    },
  };
}

/** Lua: the hash's values as one text, because thousands of answers cost their reader ten times as much as one. */
export const allPositionsLua = `
local function allPositions(key) return table.concat(redis.call('HVALS', key), '\\n') end
`;

/** By venue, of all values of the hash, a line each. */
export function readPositions(lines: string): ReadonlyMap<string, readonly MeasuredPosition[]> {
  const byVenue = new Map<string, MeasuredPosition[]>();
  for (const line of lines.split("\n")) {
    const [venue, position] = unpackPosition(line) ?? [];
    if (venue === undefined || position === undefined) continue;
    const held = byVenue.get(venue) ?? [];
    held.push(position);
    byVenue.set(venue, held);
  }
  return byVenue;
}

const fieldOf = (venue: string, address: string): string => `${venue} ${address}`;

const packAccount = ({ notionalUsd, seenAt, polledAt }: KnownAccount): string =>
  `${Math.round(notionalUsd)} ${seenAt} ${polledAt}`;

function unpackAccount(address: string, text: string): KnownAccount | undefined {
  const [notionalUsd = NaN, seenAt = NaN, polledAt = NaN] = text.split(" ").map(Number);
  const sound = [notionalUsd, seenAt, polledAt].every(Number.isFinite);
  return sound ? { address, notionalUsd, seenAt, polledAt } : undefined;
}

/** "quantity price time venue", below 0 for a short, "-" for a price that never comes. */
const packPosition = (
  venue: string,
  { side, quantity, liquidationPrice, observedAt }: MeasuredPosition,
): string => `${side === "long" ? quantity : -quantity} ${liquidationPrice ?? "-"} ${observedAt} ${venue}`;

/** Undefined where it is none, as one that was written before the venue stood in it: its account is asked again soon. */
function unpackPosition(line: string): [venue: string, MeasuredPosition] | undefined {
  const [quantity, last, time, venue] = line.split(" ");
  const [size, observedAt] = [Number(quantity), Number(time)];
  const price = last === "-" ? undefined : Number(last);
  const sound = Number.isFinite(size) && size !== 0 && Number.isFinite(observedAt);
  if (venue === undefined || !sound || (price !== undefined && !(price > 0))) return undefined;
  return [
    venue,
    {
      side: size > 0 ? "long" : "short",
      quantity: Math.abs(size),
      ...(price === undefined ? {} : { liquidationPrice: price }),
      observedAt,
    },
  ];
}
