import type { Destinations } from "../contracts/destinations.ts";
import { registerKeys } from "../keys.ts";
import { parseList, placeScript } from "./pages.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";

const all = "all";

/** Which destinations there are, in pages: walking every key of a large Redis to find them would take minutes. */
export interface Register extends Pick<Destinations, "list"> {
  readonly note: (destination: string, exists: boolean) => Promise<void>;
}

export function createRegister(redis: RedisClient): Register {
  const place = defineScript(redis, placeScript);
  return {
    note: async (destination, exists) => {
      await place([registerKeys.lists], [registerKeys.page, destination, all, exists ? "1" : ""]);
    },
    // the cursor is the next page's number
    list: async (cursor, limit) => {
      const destinations: string[] = [];
      for (let page = Number(cursor ?? 0); ; page++) {
        const packed = (await redis.hget(registerKeys.lists, all)) ?? "";
        if (page >= (parseList(packed)?.pages ?? 0)) return { destinations, next: undefined };
        if (destinations.length >= limit) return { destinations, next: String(page) };
        destinations.push(...(await redis.hkeys(`${registerKeys.page}${all}:${page}`)));
      }
    },
  };
}
