import { toldId, type Turn, type TurnEnd, type Turns } from "../contracts/turns.ts";
import { destinationKeys, turnKeys } from "../keys.ts";
import { pushesTtlMs } from "./pushed.ts";
import { asText } from "../redis/reply.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";
import { endScript, holdScript, keepScript, takeScript } from "./turnScripts.ts";

export const movedTtlMs = 90 * 24 * 3_600_000;

/** Held back for one summary; what comes after so many is dropped, and not counted: nobody reads that much. */
const mostHeld = 200;

/** Many more than are under way at once; where there are, some are dead holders', and are looked for. */
export const mostLeases = 5_000;

/** `now` takes the place of Redis' clock. */
export function createTurns(redis: RedisClient, { now }: { readonly now?: () => number } = {}): Turns {
  const take = defineScript(redis, takeScript);
  const keep = defineScript(redis, keepScript);
  const end = defineScript(redis, endScript);
  const hold = defineScript(redis, holdScript);
  const time = (): number | string => now?.() ?? "";
  return {
    take: async (destinations, holder, ttlMs) => {
      const answers = await Promise.all(
        together(redis, destinations).map(async (some) => {
          const { leases, moved, pushes } = sharedKeys(redis, some[0]);
          const answer = await take(
            [leases, moved, pushes],
            [time(), holder, ttlMs, mostLeases, lines(some)],
          );
          return asText(answer).split("\n");
        }),
      );
      return answers.flat().map(decodeTurn);
    },
    keep: async (destinations, holder, ttlMs) => {
      await Promise.all(
        together(redis, destinations).map(async (some) =>
          keep([sharedKeys(redis, some[0]).leases], [time(), holder, ttlMs, lines(some)]),
        ),
      );
    },
    end: async (ends, holder) => {
      await Promise.all(
        together(redis, ends).map(async (some) => {
          const { leases, pushes } = sharedKeys(redis, some[0]?.destination);
          await end([leases, pushes], [time(), holder, packEnds(some)]);
        }),
      );
    },
    moved: async (from, to) => {
      const { movedTo } = destinationKeys(from);
      // first that there are any: what is looked for must be found
      if (!redis.isCluster) await redis.set(turnKeys.moved, "1", "PX", movedTtlMs);
      await redis.set(movedTo, to, "PX", movedTtlMs);
    },
    holdBack: async (destination, id, entry) => {
      await hold([destinationKeys(destination).held], [id, entry, mostHeld, pushesTtlMs]);
    },
    noteTold: async (destination, name) => {
      // however much is held back
      await hold([destinationKeys(destination).held], [toldId, name, mostHeld + 1, pushesTtlMs]);
    },
    heldBack: async (destination) =>
      new Map(Object.entries(await redis.hgetall(destinationKeys(destination).held))),
    dropHeld: async (destination, ids) => {
      if (ids.length > 0) await redis.hdel(destinationKeys(destination).held, ...ids);
    },
  };
}

/** What destinations on one server share; in a cluster each has its own, beside its other keys. */
function sharedKeys(redis: RedisClient, destination = ""): typeof turnKeys {
  if (!redis.isCluster) return turnKeys;
  const { turn, movedTo, pushes } = destinationKeys(destination);
  return { leases: turn, moved: movedTo, pushes };
}

function lines(names: readonly string[]): string {
  return `${names.join("\n")}\n`;
}

/** What endTurns (turnScripts.ts) takes: of neighbours who were told the same it is said once. */
function packEnds(ends: readonly TurnEnd[]): string {
  let text = "";
  let told: string | undefined;
  for (const { destination, pushes = "" } of ends) {
    if (pushes !== told) text += `\t${pushes}\n`;
    told = pushes;
    text += `${destination}\n`;
  }
  return text;
}

/** As many as hold Redis up for a millisecond. */
const mostAtOnce = 192;

/** What goes in one call: some of them where all are on one server, in a cluster each by itself, all sent together. */
function together<T>(redis: RedisClient, all: readonly T[]): (readonly T[])[] {
  const size = redis.isCluster ? 1 : mostAtOnce;
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}

const busy: Turn = { kind: "busy" };

/** What takeTurns (turnScripts.ts) answers of one. */
export function decodeTurn(line: string): Turn {
  const tab = line.indexOf("\t");
  if (tab >= 0 && tab === line.length - 1) return busy;
  const told = tab < 0 ? line : line.slice(0, tab);
  return {
    kind: "taken",
    pushes: told === "" ? undefined : told,
    movedTo: tab < 0 ? undefined : line.slice(tab + 1),
  };
}
